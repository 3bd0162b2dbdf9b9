// Applications that come, ask for this and that, and go.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import type { World } from '../world.ts'
import { Driver } from './driver.ts'

const FIRST_PORT = 4000
const PORTS = 3
/** A host without power comes back after this at the latest, without its drivers. */
const LONGEST_DARKNESS_MS = 600_000

export class Workload {
  /** Every driver that ever was. */
  readonly drivers: Driver[] = []
  readonly #world: World
  readonly #dark = new Set<string>()
  #isClosed = false

  constructor(world: World) {
    this.#world = world
    this.#arriveLater()
  }

  get live(): readonly Driver[] {
    return this.drivers.filter((driver) => !driver.isOver)
  }

  /** No application comes any more, and those that run stay. */
  close(): void {
    this.#isClosed = true
    for (const host of this.#dark) this.#world.network.switchOn(host)
  }

  #arriveLater(): void {
    const { timeline, dice, plan } = this.#world
    timeline.after(dice.spread(...plan.arrivalMs), () => {
      if (this.#isClosed) return
      const address = this.#freeAddress()
      if (address !== undefined) this.#start(address)
      this.#arriveLater()
    })
  }

  // A port of a driver that is gone may be taken again at once.
  #freeAddress(): HostPort | undefined {
    const { dice, plan, drivers } = this.#world
    const host = `d${dice.between(1, plan.driverHosts)}`
    const address = { host, port: FIRST_PORT + dice.between(1, PORTS) }
    return this.#dark.has(host) || drivers.has(formatHostPort(address)) ? undefined : address
  }

  #start(address: HostPort): void {
    const { timeline, dice, plan } = this.#world
    const driver = new Driver(this.#world, address, this.#describe(address))
    this.drivers.push(driver)
    const isDynamic = dice.chance(0.3)
    if (isDynamic) this.#resizeLater(driver)
    timeline.after(dice.spread(...plan.runMs), () => {
      if (this.#isClosed || driver.isOver) return
      const how = dice.weighted(plan.ends) ?? 'finishes'
      if (how === 'loses power') this.#darken(driver.host)
      else driver.end(how)
    })
  }

  #describe(address: HostPort): ApplicationDescription {
    const { dice } = this.#world
    const maxCores = dice.chance(0.3) ? null : dice.between(1, 12)
    const payload: SparkExecutorPayload = {
      ...{ kind: 'spark-executor', applicationName: 'simulated', user: 'ann', maxCores },
      resourceProfileId: 0,
      command: {
        ...{ mainClass: 'Executor', arguments: [formatHostPort(address)], environment: {} },
        ...{ classPathEntries: [], libraryPathEntries: [], javaOptions: [] },
      },
    }
    return {
      ...{ name: 'simulated', user: 'ann', maxCores, uiUrl: '', payload },
      executorLimit: dice.chance(0.3) ? dice.between(0, 4) : null,
      executor: {
        cores: dice.chance(0.3) ? null : dice.between(1, 3),
        memoryMb: 512 * dice.between(1, 4),
      },
    }
  }

  #resizeLater(driver: Driver): void {
    const { timeline, dice } = this.#world
    timeline.after(dice.spread(1000, 120_000), () => {
      if (this.#isClosed || driver.isOver) return
      const unwanted = dice.pick([...driver.executors.keys()])
      if (unwanted !== undefined && dice.chance(0.5)) driver.giveBack(unwanted)
      else driver.requestExecutors(dice.between(0, 6))
      this.#resizeLater(driver)
    })
  }

  #darken(host: string): void {
    const { timeline, dice, network } = this.#world
    this.#dark.add(host)
    network.switchOff(host)
    for (const driver of this.live) if (driver.host === host) driver.end('loses power')
    timeline.after(dice.spread(1000, LONGEST_DARKNESS_MS), () => {
      this.#dark.delete(host)
      network.switchOn(host)
    })
  }
}
