// What every part of a simulation is given.
import type { ClientKey } from '@hearth/master/core/events.ts'
import type { RunBook } from './checks/run-book.ts'
import type { DriverEndpoint } from './driver/endpoint.ts'
import type { Dice } from './engine/dice.ts'
import type { Timeline } from './engine/timeline.ts'
import type { Trace } from './engine/trace.ts'
import type { Network } from './network/network.ts'
import type { DrawnSettings, Plan } from './plans.ts'

export interface World {
  readonly plan: Plan
  readonly settings: DrawnSettings
  readonly timeline: Timeline
  readonly dice: Dice
  readonly trace: Trace
  readonly wallShift: WallShift
  readonly trouble: Trouble
  readonly network: Network
  /** Drivers whose process lives, by the address at which they listen. */
  readonly drivers: Map<ClientKey, DriverEndpoint>
  /** Names of all executors whose launch any launcher was ever ordered. */
  readonly launched: Set<string>
  /** Names of all executors whose end their driver, living, was told of. */
  readonly ended: Set<string>
  /** Runs of the drivers that the cluster runs. */
  readonly runs: RunBook
}

export { RuleBroken } from './rule-broken.ts'

/** While it is off, nothing ends by itself any more. */
export interface Trouble {
  isOn: boolean
}

/** What somebody did to the wall clocks, in milliseconds. */
export interface WallShift {
  ms: number
}

/** The clocks of all machines agree, and begin here. */
const WALL_CLOCK_START = Date.UTC(2025, 0, 1)

/** Wall clock of all machines, in milliseconds. */
export function wallClock({ timeline, wallShift }: World): number {
  return WALL_CLOCK_START + Math.floor(timeline.now) + wallShift.ms
}
