// Clients that submit drivers for the cluster to run, look away, and now and then end one.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import type { DriverId } from '@hearth/common/domain/ids.ts'
import type { ResourceAmounts } from '@hearth/common/domain/resources.ts'
import type { SparkDriverPayload } from '@hearth/common/protocol/cluster/messages.ts'
import type { Reply } from '@hearth/master/core/effects.ts'
import type { RunPlan } from '../machine/driver-process.ts'
import type { MasterProcess } from '../master/master-process.ts'
import { RuleBroken, type World } from '../world.ts'

export class Submissions {
  readonly #world: World
  readonly #master: MasterProcess

  constructor(world: World, master: MasterProcess) {
    this.#world = world
    this.#master = master
  }

  /** Drivers come, and end, from now on. */
  open(): void {
    this.#world.trouble.isOn = true
    this.#arriveLater()
  }

  /** None comes any more, and those that run stay. */
  close(): void {
    this.#world.trouble.isOn = false
  }

  /** Somebody ends a driver: mostly one that is there. */
  killOne(): void {
    const { dice } = this.#world
    const { submissions, cluster } = this.#master
    const isOld = dice.chance(0.2)
    const ids = isOld ? [...submissions.accepted] : [...cluster.drivers.keys()]
    const driverId = dice.pick(ids)
    if (driverId === undefined) return
    this.#master.ask(
      (request) => {
        submissions.askForEnd(driverId)
        return { type: 'driver.kill-requested', request, driverId }
      },
      (reply) => this.#expectKilled(driverId, reply),
    )
  }

  killAll(): void {
    const { submissions, cluster } = this.#master
    this.#master.ask(
      (request) => {
        submissions.asksForAll += 1
        return { type: 'drivers.kill-all-requested', request }
      },
      () => {
        submissions.asksForAll -= 1
        for (const { id, ending } of cluster.drivers.values())
          if (ending) submissions.promiseEnd(id)
      },
    )
  }

  #expectKilled(id: DriverId, reply: Reply): void {
    const { submissions } = this.#master
    if (reply.type === 'accepted') submissions.promiseEnd(id)
    else if (submissions.endOf(id) === undefined) {
      throw new RuleBroken(`${id} is not over, and a kill of it was answered with ${reply.type}`)
    }
  }

  #arriveLater(): void {
    const { timeline, dice, plan, trouble } = this.#world
    timeline.after(dice.spread(...plan.submissionMs), () => {
      if (!trouble.isOn) return
      this.#submit()
      this.#arriveLater()
    })
  }

  #submit(): void {
    const description = this.#describe()
    this.#master.ask(
      (request) => ({ type: 'driver.submit-requested', request, description }),
      (reply) => {
        if (reply.type === 'driver-submitted') this.#master.submissions.accept(reply.driverId)
      },
    )
  }

  #describe(): DriverDescription {
    const { dice } = this.#world
    const payload: SparkDriverPayload = {
      kind: 'spark-driver',
      jarUrl: dice.chance(0.7) ? 'http://files/app.jar' : '',
      command: {
        ...{ mainClass: 'Main', arguments: [JSON.stringify(this.#drawPlan())], environment: {} },
        ...{ classPathEntries: [], libraryPathEntries: [], javaOptions: [] },
      },
    }
    return {
      ...{ name: 'simulated', mainClass: 'Main', user: 'ann', payload },
      supervise: dice.chance(this.#world.plan.supervised),
      resources: this.#drawAmounts(2),
      firstExecutor: dice.chance(0.2) ? null : this.#drawAmounts(4),
    }
  }

  #drawPlan(): RunPlan {
    const { dice, plan } = this.#world
    const outcomes = { succeeds: 3, fails: 1, 'fails at times': 2, 'runs for ever': 2 }
    return {
      outcome: dice.weighted<RunPlan['outcome']>(outcomes) ?? 'succeeds',
      longestMs: dice.spread(...plan.runMs),
      isStubborn: dice.chance(plan.stubborn),
    }
  }

  #drawAmounts(mostCores: number): ResourceAmounts {
    const { dice } = this.#world
    return {
      cores: dice.spread(1, mostCores),
      memoryMb: 512 * dice.between(1, 4),
      ...(dice.chance(0.1) && { custom: { gpu: 1 } }),
    }
  }
}
