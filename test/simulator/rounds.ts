// The course of a simulation: trouble, mending, rest, and again. What must hold is checked twice after
// each mending: what must be right soon, and what must be right in the end.
import { checkAtRest } from './checks/at-rest.ts'
import { checkSoonAfter, SOON_MS } from './checks/soon-after.ts'
import { checkSteady, connectionsOf } from './checks/steady.ts'
import { Faults, type Victims } from './faults.ts'
import type { Machine } from './machine/machine.ts'
import { MASTER_HOST } from './master/ports.ts'
import type { World } from './world.ts'

/** Losses are repeated for so long. */
const REMINDERS_MS = 120_000
/** The rest, in which nothing more goes wrong, begins after this. */
const ABANDONED_WITHIN_MS = 10_000
const DISTURBED_WITHIN_MS = 80_000
/** What connections, restarts and launches take on top of the time-outs. */
const MARGIN_MS = 60_000

/** Throws RuleBroken when the cluster breaks a rule. */
export function runRounds(world: World, victims: Victims): void {
  const { timeline, plan, dice } = world
  const faults = new Faults({ ...world, dice: dice.fork() }, victims)
  for (let round = 1; round <= plan.rounds; round += 1) {
    revive(victims)
    victims.workload.open()
    victims.submissions.open()
    faults.begin()
    timeline.runUntil(timeline.now + dice.between(...plan.troubleMs))
    faults.end()
    mend(world, victims)
    const mendedAt = timeline.now
    timeline.runUntil(mendedAt + SOON_MS)
    checkSoonAfter(world, victims)
    const connections = connectionsOf(victims)
    timeline.runUntil(mendedAt + restMs(world))
    checkAtRest(world, victims)
    checkSteady(connections, victims)
  }
}

function restMs({ settings }: World): number {
  const { workerTimeoutMs, workerReturnTimeoutMs, clientTimeoutMs } = settings.master
  const longest = Math.max(workerTimeoutMs, workerReturnTimeoutMs, clientTimeoutMs)
  return longest + REMINDERS_MS + MARGIN_MS
}

function revive({ machines }: Victims): void {
  for (const machine of machines) {
    machine.isAbandoned = false
    machine.switchOn()
    machine.startWorker()
    // Whoever sent it away has it back, as another worker.
    if (machine.isDecommissioned) machine.stopWorker('end')
  }
}

// Whatever can be reached works from now on.
function mend(world: World, { master, machines, workload, submissions }: Victims): void {
  world.trace.write('fault', 'everything is mended')
  workload.close()
  submissions.close()
  world.network.heal()
  master.store.recover()
  master.mailbox.goOn()
  for (const machine of machines) {
    machine.goOn()
    if (machine.isDecommissioned && world.dice.chance(0.5)) machine.stopWorker('end')
    if (world.dice.chance(world.plan.abandoned)) abandon(world, machine)
    machine.switchOn()
    machine.startWorker()
  }
  for (const driver of workload.live) if (world.dice.chance(0.2)) disturb(world, driver.host)
}

// A connection that breaks while there is nothing else to see must not matter.
function disturb({ timeline, trace, dice, network }: World, driverHost: string): void {
  timeline.after(dice.between(0, DISTURBED_WITHIN_MS), () => {
    trace.write('fault', `connections-cut ${driverHost}`)
    network.cut(driverHost, MASTER_HOST, MARGIN_MS / 4)
  })
}

// Nobody repairs it in this round. One that runs dies while the others begin anew, so that executors may
// just have been ordered there.
function abandon({ timeline, trace, dice }: World, machine: Machine): void {
  if (!machine.isOn) machine.isAbandoned = true
  const alsoLauncher = dice.chance(0.5)
  timeline.after(dice.between(0, ABANDONED_WITHIN_MS), () => {
    trace.write('fault', `${machine.host} is abandoned${alsoLauncher ? ', its launcher dies' : ''}`)
    machine.isAbandoned = true
    machine.killWorker()
    if (alsoLauncher) machine.killLauncher()
  })
}
