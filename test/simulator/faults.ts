// What goes wrong, drawn from the plan; each fault also says when it passes.
import type { Workload } from './driver/workload.ts'
import type { Machine } from './machine/machine.ts'
import type { MasterProcess } from './master/master-process.ts'
import { MASTER_HOST } from './master/ports.ts'
import { HEALTHY } from './master/slow-store.ts'
import type { FaultKind } from './plans.ts'
import type { World } from './world.ts'

export interface Victims {
  readonly master: MasterProcess
  readonly machines: readonly Machine[]
  readonly workload: Workload
}

export class Faults {
  readonly #world: World
  readonly #victims: Victims
  #isOver = false

  constructor(world: World, victims: Victims) {
    this.#world = world
    this.#victims = victims
    this.#strikeLater()
  }

  /** Everything that passes by itself passes now, and nothing new comes. */
  end(): void {
    this.#isOver = true
    const { master, machines } = this.#victims
    this.#world.network.heal()
    master.store.health = HEALTHY
    master.mailbox.goOn()
    for (const machine of machines) {
      machine.worker?.mailbox.goOn()
      if (!machine.isOn) machine.switchOn()
      machine.startWorker()
    }
  }

  #strikeLater(): void {
    const { timeline, dice, plan } = this.#world
    timeline.after(dice.spread(...plan.pauseMs), () => {
      if (this.#isOver) return
      const kind = dice.weighted(plan.faults)
      const machine = dice.pick(this.#victims.machines)
      if (kind !== undefined && machine !== undefined) this.#strike(kind, machine)
      this.#strikeLater()
    })
  }

  #strike(kind: FaultKind, machine: Machine): void {
    const { dice, plan, trace } = this.#world
    const forMs = dice.spread(...plan.faultMs)
    trace.write('fault', `${kind} (${machine.host}, ${forMs} ms)`)
    this.#act(kind, machine, forMs)
  }

  #act(kind: FaultKind, machine: Machine, forMs: number): void {
    const { dice, network } = this.#world
    const { master, workload } = this.#victims
    switch (kind) {
      case 'worker-killed':
        machine.killWorker()
        return this.#later(forMs, () => this.#restart(machine))
      case 'worker-stopped':
        machine.stopWorker(dice.chance(0.5) ? 'end' : 'detach')
        return this.#later(forMs, () => this.#restart(machine))
      case 'worker-stalled': {
        const mailbox = machine.worker?.mailbox
        mailbox?.stall()
        return this.#later(forMs, () => mailbox?.goOn())
      }
      case 'launcher-killed':
        machine.killLauncher()
        if (!dice.chance(0.3)) return
        machine.killWorker()
        return this.#later(forMs, () => this.#restart(machine))
      case 'launcher-unreachable':
        return machine.launcher?.loseWorker('the connection broke')
      case 'power-failure':
        if (!machine.isOn) return
        machine.switchOff()
        return this.#later(forMs, () => {
          if (!machine.isOn) machine.switchOn()
        })
      case 'connections-cut':
        return network.cut(...this.#somebodyAndMaster(machine), forMs)
      case 'black-hole': {
        const [host, other] = this.#somebodyAndMaster(machine)
        const hole = network.openHole(host, dice.chance(0.5) ? other : null)
        return this.#later(forMs, () => network.closeHole(hole))
      }
      case 'executor-killed':
        return dice.pick(machine.launcher?.live ?? [])?.exit(dice.pick([0, 1, 52, 137]) ?? 1, 0)
      case 'master-stalled':
        master.mailbox.stall()
        return this.#later(forMs, () => master.mailbox.goOn())
      case 'store-in-trouble':
        master.store.health = {
          slowestMs: Math.max(20, forMs / 4),
          failing: dice.pick([0, 0.3]) ?? 0,
        }
        return this.#later(forMs, () => {
          master.store.health = HEALTHY
        })
      case 'application-killed': {
        const applicationId = dice.pick(workload.live)?.applicationId
        if (applicationId == null) return
        return master.push({
          type: 'application.kill-requested',
          request: 'operator',
          applicationId,
        })
      }
    }
  }

  // Mostly a worker, sometimes a driver: who loses the master.
  #somebodyAndMaster(machine: Machine): readonly [string, string] {
    const { dice } = this.#world
    const driver = dice.chance(0.3) ? dice.pick(this.#victims.workload.live) : undefined
    return [driver?.host ?? machine.host, MASTER_HOST]
  }

  #restart(machine: Machine): void {
    const { dice, plan, trace } = this.#world
    if (dice.chance(plan.abandoned)) {
      machine.isAbandoned = true
      trace.write('fault', `the worker of ${machine.host} will not be started again`)
    } else machine.startWorker()
  }

  #later(delayMs: number, work: () => void): void {
    this.#world.timeline.after(delayMs, work)
  }
}
