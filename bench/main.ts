// `npm run bench -- NAME`: every figure of the README comes from here.
import { parseArgs } from 'node:util'
import { benchFuzz, runAsFuzzThread } from './fuzz.ts'
import { benchPlacement } from './placement.ts'
import { benchSubmission, runAsSubmissionThread } from './submission.ts'
import { benchSubmit } from './submit.ts'
import { benchWhy } from './why.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

if (!(await runAsSubmissionThread()) && !(await runAsFuzzThread())) await main()

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string' },
      workers: { type: 'string' },
      drivers: { type: 'string', default: '500' },
      starts: { type: 'string', default: '5' },
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string' },
      input: { type: 'string' },
    },
  })
  const pairs = (byDefault: number) => Number(values.pairs ?? byDefault)
  const workers = (byDefault: number) => Number(values.workers ?? byDefault)
  const { target, input } = values
  switch (positionals[0]) {
    case 'submit':
      await benchSubmit({ pairs: pairs(20), starts: Number(values.starts), say })
      break
    case 'placement':
      await benchPlacement({
        ...{ part: positionals[1], pairs: pairs(5), workers: workers(500), say },
      })
      break
    case 'submission':
      await benchSubmission({
        ...{ part: positionals[1], drivers: Number(values.drivers), pairs: pairs(10) },
        ...{ starts: Number(values.starts), workers: workers(50), say },
      })
      break
    case 'why':
      await benchWhy({ workers: 1_000, waiting: 1_000, rounds: 300, say })
      break
    case 'fuzz':
      await benchFuzz({
        ...{ inputs: Number(values.inputs), seed: Number(values.seed), target, say },
        input: input === undefined ? undefined : Number(input),
      })
      break
    default:
      say('usage: npm run bench -- submit [--pairs N] [--starts N]')
      say('       npm run bench -- placement [core|waiting] [--pairs N] [--workers N]')
      say(
        '       npm run bench -- submission [rest|launch] [--drivers N] [--pairs N] [--starts N] [--workers N]',
      )
      say('       npm run bench -- why')
      say('       npm run bench -- fuzz [--inputs N] [--seed N] [--target NAME] [--input INDEX]')
      process.exitCode = 2
  }
}
