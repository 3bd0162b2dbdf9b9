// One simulated cluster, from its plan and its seed to its outcome.
import { RunBook } from './checks/run-book.ts'
import { Submissions } from './driver/submissions.ts'
import { Workload } from './driver/workload.ts'
import { Dice } from './engine/dice.ts'
import { Timeline } from './engine/timeline.ts'
import { formatTime, shorten, Trace } from './engine/trace.ts'
import { Machine } from './machine/machine.ts'
import { MasterProcess } from './master/master-process.ts'
import { Network } from './network/network.ts'
import { drawSettings, type Plan } from './plans.ts'
import { runRounds } from './rounds.ts'
import type { World } from './world.ts'

export interface Outcome {
  /** The same plan and seed give the same. */
  readonly fingerprint: string
  readonly virtualMs: number
  /** How much was written into the trace; how many executors, and runs of drivers, were launched. */
  readonly lines: number
  readonly launched: number
  readonly runs: number
}

/** A rule was broken; the message is the whole story and how to see it again. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
}

/** Runs one simulation. Throws {@link SimulationFailed}. `onLine` is told the trace as it is written. */
export function simulate(plan: Plan, seed: number, onLine?: (line: string) => void): Outcome {
  const timeline = new Timeline()
  const trace = new Trace(timeline, onLine)
  try {
    return run(plan, seed, timeline, trace)
  } catch (error) {
    throw new SimulationFailed(tellFailure(plan, seed, trace, timeline, error), { cause: error })
  }
}

function run(plan: Plan, seed: number, timeline: Timeline, trace: Trace): Outcome {
  const dice = new Dice(seed)
  const network = new Network(timeline, dice.fork())
  const world: World = {
    ...{
      plan,
      timeline,
      trace,
      wallShift: { ms: 0 },
      trouble: { isOn: true },
      network,
      drivers: new Map(),
      launched: new Set(),
      ended: new Set(),
      runs: new RunBook(),
    },
    settings: drawSettings(plan, dice.fork()),
    dice: dice.fork(),
  }
  const master = new MasterProcess(world)
  master.start()
  const count = dice.between(...plan.machines)
  const machines = Array.from({ length: count }, (_, at) => new Machine(world, `w${at + 1}`))
  for (const machine of machines) machine.startWorker()
  const workload = new Workload({ ...world, dice: dice.fork() })
  const submissions = new Submissions({ ...world, dice: dice.fork() }, master)
  runRounds({ ...world, dice: dice.fork() }, { master, machines, workload, submissions })
  return {
    fingerprint: trace.fingerprint(),
    virtualMs: timeline.now,
    ...{ lines: trace.length, launched: world.launched.size, runs: world.runs.launched },
  }
}

function tellFailure(
  plan: Plan,
  seed: number,
  trace: Trace,
  timeline: Timeline,
  error: unknown,
): string {
  const what = shorten(String(error))
  return [
    `seed ${seed} of plan '${plan.name}' at ${formatTime(timeline.now)}: ${what}`,
    'What happened before:',
    ...trace.story(what),
    `To see it again: PLAN=${plan.name} SEED=${seed} npx vitest run --project simulator`,
  ].join('\n')
}
