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
/** Drivers change their minds for a while after the last of them has come. */
const LAST_RESIZES_MS = 30_000

export class Workload {
  /** Every driver that ever was. */
  readonly drivers: Driver[] = []
  readonly #world: World
  readonly #dark = new Set<string>()
  #isOpen = false
  #resizesUntil = 0

  constructor(world: World) {
    this.#world = world
  }

  get live(): readonly Driver[] {
    return this.drivers.filter((driver) => !driver.isOver)
  }

  /** Applications come and go from now on. */
  open(): void {
    this.#isOpen = true
    for (const host of this.#dark) this.#lighten(host)
    this.#arriveLater()
  }

  /** None comes any more, some end now, and the rest stays. */
  close(): void {
    this.#isOpen = false
    const { dice, plan, timeline } = this.#world
    this.#resizesUntil = timeline.now + LAST_RESIZES_MS
    for (const host of this.#dark) if (!dice.chance(plan.abandoned)) this.#lighten(host)
    if (!dice.chance(0.5)) return
    for (const driver of this.live) if (dice.chance(0.5)) this.#end(driver)
  }

  #arriveLater(): void {
    const { timeline, dice, plan } = this.#world
    timeline.after(dice.spread(...plan.arrivalMs), () => {
      if (!this.#isOpen) return
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
    const driver = new Driver(this.#world, address, this.#describe(address))
    this.drivers.push(driver)
    if (this.#world.dice.chance(0.3)) this.#resizeLater(driver)
    this.#endLater(driver)
  }

  #endLater(driver: Driver): void {
    const { timeline, dice, plan } = this.#world
    timeline.after(dice.spread(...plan.runMs), () => {
      if (driver.isOver) return
      if (this.#isOpen) this.#end(driver)
      else this.#endLater(driver)
    })
  }

  #end(driver: Driver): void {
    const how = this.#world.dice.weighted(this.#world.plan.driverEnds) ?? 'finishes'
    if (how === 'loses power') this.#darken(driver.host)
    else driver.end(how)
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
      if (driver.isOver) return
      if (this.#isOpen || timeline.now < this.#resizesUntil) this.#resize(driver)
      this.#resizeLater(driver)
    })
  }

  #resize(driver: Driver): void {
    const { dice } = this.#world
    const unwanted = dice.pick([...driver.executors.keys()])
    if (unwanted !== undefined && dice.chance(0.5)) driver.giveBack(unwanted)
    else driver.requestExecutors(dice.between(0, 6))
  }

  #darken(host: string): void {
    const { timeline, dice, network } = this.#world
    this.#dark.add(host)
    network.switchOff(host)
    for (const driver of this.live) if (driver.host === host) driver.end('loses power')
    timeline.after(dice.spread(1000, LONGEST_DARKNESS_MS), () => {
      if (this.#isOpen) this.#lighten(host)
    })
  }

  #lighten(host: string): void {
    this.#dark.delete(host)
    this.#world.network.switchOn(host)
  }
}
