// What was promised to those who submitted drivers, and what became of it. Checked as the master decides.
import type { DriverId } from '@hearth/common/domain/ids.ts'
import { driverKey } from '@hearth/master/core/records.ts'
import type { Cluster } from '@hearth/master/core/cluster.ts'
import type { Driver } from '@hearth/master/core/drivers/driver.ts'
import type { Effect } from '@hearth/master/core/effects.ts'
import { RuleBroken, type World } from '../world.ts'

/** What `describeLimit` of the master says. */
const RESTARTED_TOO_OFTEN = /are the limit/

export class SubmissionBook {
  readonly #world: World
  readonly #accepted = new Set<DriverId>()
  readonly #unwanted = new Set<DriverId>()
  readonly #killed = new Set<DriverId>()
  readonly #successors = new Map<DriverId, DriverId>()
  /** Asks for the end of all that are not answered yet. */
  asksForAll = 0
  readonly #ends = new Map<DriverId, Driver['state']>()

  constructor(world: World) {
    this.#world = world
  }

  /** Drivers whose submission was answered with their id. */
  get accepted(): ReadonlySet<DriverId> {
    return this.#accepted
  }

  accept(id: DriverId): void {
    this.#accepted.add(id)
  }

  /** Somebody wants it to end, and may be told that it is over already. */
  askForEnd(id: DriverId): void {
    this.#unwanted.add(id)
  }

  /** Its end was promised. */
  promiseEnd(id: DriverId): void {
    this.#unwanted.add(id)
    this.#killed.add(id)
  }

  isEndPromised(id: DriverId): boolean {
    return this.#killed.has(id)
  }

  /** The driver that stands for the one with this id now, or did at the end. */
  presentOf(id: DriverId): DriverId {
    const successor = this.#successors.get(id)
    return successor === undefined ? id : this.presentOf(successor)
  }

  /** How the driver ended; undefined when it has not. */
  endOf(id: DriverId): Driver['state'] | undefined {
    return this.#ends.get(id)
  }

  /** Throws {@link RuleBroken} when a driver ends in a way that is not true. */
  check(effect: Effect, { completedDrivers }: Cluster): void {
    if (effect.type !== 'persist') return
    const { key, record } = effect
    const former = record?.kind === 'driver' ? record.relaunchOf : null
    if (record?.kind === 'driver' && former !== null) {
      this.#successors.set(former, record.id)
      this.#world.runs.succeed(record.id, former)
    }
    // One that another takes the place of is over before its record goes.
    const isOver = ({ id }: Driver) => (record === null ? driverKey(id) === key : id === former)
    const driver = completedDrivers.findLast(isOver)
    if (driver === undefined || this.#ends.has(driver.id)) return
    this.#ends.set(driver.id, driver.state)
    const lie = this.#lieAbout(driver)
    if (lie !== undefined) throw new RuleBroken(`${driver.id} is ${driver.state}, but ${lie}`)
  }

  #lieAbout({ id, attempt, state, message, description }: Driver): string | undefined {
    const { runs, plan } = this.#world
    const run = `${id}#${attempt}`
    const exitCode = runs.exitOf(run)
    const { supervise } = description
    switch (state) {
      case 'finished':
        return exitCode === 0 ? undefined : `${run} exited with ${exitCode}`
      case 'failed':
        return exitCode === null || exitCode === 0 ? `${run} exited with ${exitCode}` : undefined
      case 'killed':
        return this.#unwanted.has(id) || this.asksForAll > 0 ? undefined : 'nobody asked for that'
      case 'relaunched':
        if (!supervise) return 'it is not supervised'
        return this.#killed.has(id) ? 'its end was promised' : undefined
      case 'error': {
        if (runs.hasFailed(run) || RESTARTED_TOO_OFTEN.test(message ?? '')) return undefined
        return supervise || plan.losesNothing ? `nothing made it so (${message})` : undefined
      }
      default:
        return 'that is no end'
    }
  }
}
