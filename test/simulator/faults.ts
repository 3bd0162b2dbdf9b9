// What goes wrong, drawn from the plan. Each round has a few kinds of faults of its own: all kinds at once
// hide what two or three of them do together.
import type { Submissions } from './driver/submissions.ts'
import type { Workload } from './driver/workload.ts'
import type { Machine } from './machine/machine.ts'
import type { MasterProcess } from './master/master-process.ts'
import { MASTER_HOST } from './master/ports.ts'
import type { FaultKind } from './plans.ts'
import type { World } from './world.ts'

export interface Victims {
  readonly master: MasterProcess
  readonly machines: readonly Machine[]
  readonly workload: Workload
  readonly submissions: Submissions
}

type Weights = Partial<Record<FaultKind, number>>

/** The kernel's keep-alive and retransmissions find a connection that was cut within this time. */
const CUT_NOTICED_MS = 60_000
const HOUR_MS = 3_600_000

export class Faults {
  readonly #world: World
  readonly #victims: Victims
  /** Changes with every round, so that what was planned for an earlier one is left. */
  #round = 0

  constructor(world: World, victims: Victims) {
    this.#world = world
    this.#victims = victims
  }

  begin(): void {
    this.#round += 1
    const kinds = this.#drawKinds()
    this.#world.trace.write('fault', `trouble begins: ${Object.keys(kinds).join(', ')}`)
    this.#strikeLater(kinds, this.#round)
  }

  end(): void {
    this.#round += 1
  }

  // All of them now and then, otherwise one in four.
  #drawKinds(): Weights {
    const { dice, plan } = this.#world
    if (dice.chance(0.2)) return plan.faults
    const entries = Object.entries(plan.faults)
    const drawn = entries.filter(() => dice.chance(0.25))
    return Object.fromEntries(drawn.length > 0 ? drawn : entries)
  }

  #strikeLater(kinds: Weights, round: number): void {
    const { timeline, dice, plan } = this.#world
    timeline.after(dice.spread(...plan.pauseMs), () => {
      if (this.#round !== round) return
      const kind = dice.weighted<FaultKind>(kinds)
      const machine = dice.pick(this.#victims.machines)
      if (kind !== undefined && machine !== undefined) this.#strike(kind, machine)
      this.#strikeLater(kinds, round)
    })
  }

  #strike(kind: FaultKind, machine: Machine): void {
    const { dice, plan, network } = this.#world
    const { master, workload, submissions } = this.#victims
    const { host } = machine
    const forMs = dice.spread(...plan.faultMs)
    const tell = (victim: string, ms?: number) =>
      this.#world.trace.write('fault', `${kind} ${victim}${ms === undefined ? '' : ` ${ms} ms`}`)
    switch (kind) {
      case 'worker-killed':
        tell(host, forMs)
        machine.killWorker()
        return this.#later(forMs, () => machine.startWorker())
      case 'worker-stopped':
        tell(host)
        return machine.stopWorker(dice.chance(0.5) ? 'end' : 'detach')
      case 'worker-stalled': {
        tell(host, forMs)
        const mailbox = machine.worker?.mailbox
        mailbox?.stall()
        return this.#later(forMs, () => mailbox?.goOn())
      }
      case 'worker-decommissioned':
        tell(host)
        return machine.decommission()
      case 'launcher-stopped': {
        tell(host, forMs)
        const { launcher } = machine
        launcher?.stop()
        return this.#later(forMs, () => launcher?.goOn())
      }
      case 'machine-paused': {
        if (!machine.isOn) return
        tell(host, forMs)
        machine.pause()
        return this.#later(forMs, () => machine.goOn())
      }
      case 'launcher-killed':
        tell(host, forMs)
        machine.killLauncher()
        if (!dice.chance(0.3)) return
        machine.killWorker()
        return this.#later(forMs, () => machine.startWorker())
      case 'launcher-unreachable':
        tell(host)
        return machine.launcher?.loseWorker('the connection broke')
      case 'power-failure':
        if (!machine.isOn) return
        tell(host, forMs)
        machine.switchOff()
        return this.#later(forMs, () => machine.switchOn())
      case 'connections-cut': {
        const lonely = this.#somebody(machine)
        const noticedMs = Math.min(forMs, CUT_NOTICED_MS)
        tell(lonely, noticedMs)
        return network.cut(lonely, MASTER_HOST, noticedMs)
      }
      case 'black-hole': {
        const lonely = this.#somebody(machine)
        tell(lonely, forMs)
        // Whatever swallows packets often forgets connections as well.
        if (dice.chance(0.3)) network.cut(lonely, MASTER_HOST, Math.min(forMs, CUT_NOTICED_MS))
        const hole = network.openHole(lonely, dice.chance(0.5) ? MASTER_HOST : null)
        return this.#later(forMs, () => network.closeHole(hole))
      }
      case 'executor-killed':
        tell(host)
        return dice
          .pick(machine.launcher?.liveExecutors ?? [])
          ?.exit(dice.pick([0, 1, 52, 137]) ?? 1, 0)
      case 'run-killed':
        tell(host)
        return dice.pick(machine.launcher?.liveDrivers ?? [])?.exit(137, 0)
      case 'driver-killed':
        tell(MASTER_HOST)
        return submissions.killOne()
      case 'all-drivers-killed':
        tell(MASTER_HOST)
        return submissions.killAll()
      case 'master-stalled': {
        const stallMs = dice.spread(...plan.masterStallMs)
        tell(MASTER_HOST, stallMs)
        master.mailbox.stall()
        return this.#later(stallMs, () => master.mailbox.goOn())
      }
      case 'store-in-trouble':
        tell(MASTER_HOST, forMs)
        master.store.suffer({
          slowestMs: Math.max(20, forMs / 4),
          failing: dice.pick([0, 0.3]) ?? 0,
        })
        return this.#later(forMs, () => master.store.recover())
      case 'clocks-set': {
        const { wallShift } = this.#world
        wallShift.ms += dice.pick([-HOUR_MS, HOUR_MS]) ?? 0
        return tell('everywhere', wallShift.ms)
      }
      case 'application-killed': {
        const applicationId = dice.pick(workload.live)?.applicationId
        if (applicationId == null) return
        tell(applicationId)
        return master.push({
          type: 'application.kill-requested',
          request: 'operator',
          applicationId,
        })
      }
    }
  }

  // Who loses the master: a worker or a driver.
  #somebody(machine: Machine): string {
    const { dice } = this.#world
    const driver = dice.chance(0.4) ? dice.pick(this.#victims.workload.live) : undefined
    return driver?.host ?? machine.host
  }

  #later(delayMs: number, work: () => void): void {
    this.#world.timeline.after(delayMs, work)
  }
}
