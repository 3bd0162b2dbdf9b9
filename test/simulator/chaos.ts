// `npm run chaos`: many seeds, one after the other; the first failure's story is told in full.
import { parseArgs } from 'node:util'
import { PLANS, planNamed } from './plans.ts'
import { SimulationFailed, simulate } from './simulation.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    plan: { type: 'string', default: 'long' },
    first: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1000' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  say('usage: npm run chaos -- [--plan NAME] [--first SEED] [--seeds COUNT] [--trace]')
  say(`plans: ${PLANS.map((plan) => plan.name).join(', ')}`)
} else run()

function run(): void {
  const plan = planNamed(values.plan)
  const first = Number(values.first)
  const end = first + Number(values.seeds)
  const failed: string[] = []
  let virtualMs = 0
  let launched = 0
  let runs = 0
  const startedAt = performance.now()
  for (let seed = first; seed < end; seed += 1) {
    try {
      const outcome = simulate(plan, seed, values.trace ? say : undefined)
      virtualMs += outcome.virtualMs
      launched += outcome.launched
      runs += outcome.runs
    } catch (error) {
      if (!(error instanceof SimulationFailed)) throw error
      if (failed.length === 0) say(error.message)
      failed.push(error.message.split('\n')[0] ?? '')
    }
  }
  const seconds = (performance.now() - startedAt) / 1000
  const hours = virtualMs / 3_600_000
  for (const line of failed) say(line)
  say(
    `plan '${plan.name}', seeds ${first} to ${end - 1}: ${failed.length} failed; ${hours.toFixed(0)} h of a cluster, ${launched} executors and ${runs} runs of drivers in ${seconds.toFixed(1)} s`,
  )
  if (failed.length > 0) process.exitCode = 1
}
