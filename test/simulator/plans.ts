// What is drawn from: how long, how many, which settings, and which faults how often. A plan and a seed
// are a whole simulation.
import { DEFAULT_SETTINGS as MASTER, type Settings } from '@hearth/master/core/settings.ts'
import {
  DEFAULT_SETTINGS as WORKER,
  type Settings as WorkerSettings,
} from '@hearth/worker/core/settings.ts'
import type { Dice } from './engine/dice.ts'

export type FaultKind =
  | 'worker-killed'
  | 'worker-stopped'
  | 'worker-stalled'
  | 'worker-decommissioned'
  | 'launcher-killed'
  | 'launcher-stopped'
  | 'launcher-unreachable'
  | 'power-failure'
  | 'machine-paused'
  | 'connections-cut'
  | 'black-hole'
  | 'executor-killed'
  | 'run-killed'
  | 'driver-killed'
  | 'all-drivers-killed'
  | 'master-stalled'
  | 'store-in-trouble'
  | 'application-killed'
  | 'clocks-set'

export type DriverEnd = 'finishes' | 'is killed' | 'loses power'

type Range = readonly [least: number, most: number]

export interface Plan {
  readonly name: string
  /** A round is trouble, after which everything is mended and must come to rest. */
  readonly rounds: number
  readonly troubleMs: Range
  readonly machines: Range
  /** Hosts that drivers run on. */
  readonly driverHosts: number
  /** Time between two applications, and how long each runs. */
  readonly arrivalMs: Range
  readonly runMs: Range
  readonly driverEnds: Readonly<Record<DriverEnd, number>>
  /** Time between two submissions of drivers for the cluster to run, and how long one is fetched. */
  readonly submissionMs: Range
  readonly fetchMs: Range
  /** How many of these drivers are supervised, and how many ignore SIGTERM. */
  readonly supervised: number
  readonly stubborn: number
  /** Time between two faults; how long one lasts that passes by itself. */
  readonly pauseMs: Range
  readonly faultMs: Range
  /** Each with its weight. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** A stalled master loses nobody, however long it is. */
  readonly masterStallMs: Range
  /** Of machines and of hosts of drivers that are off: how many are not mended. */
  readonly abandoned: number
  /** How many fetches, spawns, and openings of a launcher, fail. */
  readonly failingFetches: number
  readonly failingSpawns: number
  readonly failingLaunchers: number
  /** True when no application may lose an executor that it has not given back. */
  readonly losesNothing: boolean
  /** Drawn for each simulation, one after the other; what is not named is as shipped. */
  readonly master: { readonly [Key in keyof Settings]?: readonly Settings[Key][] }
  readonly worker: { readonly [Key in keyof WorkerSettings]?: readonly WorkerSettings[Key][] }
}

const SECOND = 1_000
const MINUTE = 60_000

/** Everything that can go wrong, often, and one thing on top of the other. */
const ROUGH: Plan = {
  name: 'rough',
  rounds: 5,
  troubleMs: [10 * SECOND, 4 * MINUTE],
  machines: [1, 5],
  driverHosts: 3,
  arrivalMs: [SECOND, MINUTE],
  runMs: [5 * SECOND, 10 * MINUTE],
  driverEnds: { finishes: 6, 'is killed': 3, 'loses power': 1 },
  submissionMs: [SECOND, 2 * MINUTE],
  fetchMs: [5, 20 * SECOND],
  supervised: 0.6,
  stubborn: 0.2,
  pauseMs: [100, 40 * SECOND],
  faultMs: [10, 3 * MINUTE],
  faults: {
    'worker-killed': 4,
    'worker-stopped': 1,
    'worker-stalled': 2,
    'worker-decommissioned': 1,
    'launcher-killed': 2,
    'launcher-stopped': 1,
    'launcher-unreachable': 1,
    'power-failure': 2,
    'machine-paused': 1,
    'connections-cut': 4,
    'black-hole': 4,
    'executor-killed': 3,
    'run-killed': 2,
    'driver-killed': 2,
    'all-drivers-killed': 0.2,
    'master-stalled': 1,
    'store-in-trouble': 2,
    'application-killed': 0.5,
    'clocks-set': 1,
  },
  masterStallMs: [SECOND, 2 * MINUTE],
  abandoned: 0.15,
  failingFetches: 0.05,
  failingSpawns: 0.02,
  failingLaunchers: 0.05,
  losesNothing: false,
  master: {
    workerReturnTimeoutMs: [5 * SECOND, 20 * SECOND, MASTER.workerReturnTimeoutMs],
    clientReturnTimeoutMs: [20 * SECOND, MASTER.clientReturnTimeoutMs],
    clientAskIntervalMs: [10 * SECOND],
    clientTimeoutMs: [90 * SECOND],
    defaultCores: [null, 3],
    spreadOut: [true, false],
    maxExecutorRetries: [-1, 3, MASTER.maxExecutorRetries],
    spreadOutDrivers: [true, false],
    maxDrivers: [null, null, 3],
    driverMaxShare: [MASTER.driverMaxShare, 0, 1],
    superviseMaxRestarts: [MASTER.superviseMaxRestarts, 2],
    superviseDelayMaxMs: [10 * SECOND],
  },
  worker: {
    retainedExecutors: [2, WORKER.retainedExecutors],
    retainedDrivers: [2, WORKER.retainedDrivers],
    driverGraceMs: [WORKER.driverGraceMs, 2 * SECOND],
  },
}

/** Only what a cluster must survive without the loss of one executor. */
const GENTLE: Plan = {
  ...ROUGH,
  name: 'gentle',
  troubleMs: [10 * SECOND, 12 * MINUTE],
  driverEnds: { finishes: 1, 'is killed': 0, 'loses power': 0 },
  pauseMs: [SECOND, 90 * SECOND],
  faultMs: [10, 10 * SECOND],
  faults: {
    'worker-killed': 4,
    'worker-stalled': 2,
    'launcher-unreachable': 2,
    'connections-cut': 4,
    'black-hole': 4,
    'driver-killed': 1,
    'master-stalled': 2,
    'clocks-set': 2,
  },
  masterStallMs: [SECOND, 20 * MINUTE],
  abandoned: 0,
  failingSpawns: 0,
  failingLaunchers: 0,
  losesNothing: true,
  // So long that several faults in a row do not add up to it.
  master: {
    workerTimeoutMs: [3 * MINUTE],
    workerReturnTimeoutMs: [3 * MINUTE],
    clientReturnTimeoutMs: [3 * MINUTE],
    spreadOut: [true, false],
  },
}

/** As rough, for hours, with the settings that are shipped. */
const LONG: Plan = {
  ...ROUGH,
  name: 'long',
  troubleMs: [10 * MINUTE, 2 * 60 * MINUTE],
  machines: [1, 12],
  driverHosts: 8,
  faultMs: [10, 20 * MINUTE],
  masterStallMs: [SECOND, 20 * MINUTE],
  // An end that no worker of an application heard is repeated for as long as the application is retained.
  master: { retainedApplications: [10_000] },
  worker: {},
}

/** Workers lose their master again and again, and the leases of drivers that do not care for SIGTERM run out. */
const LEASE: Plan = {
  ...ROUGH,
  name: 'lease',
  rounds: 3,
  troubleMs: [2 * MINUTE, 6 * MINUTE],
  machines: [2, 4],
  arrivalMs: [5 * MINUTE, 10 * MINUTE],
  submissionMs: [SECOND, 20 * SECOND],
  fetchMs: [5, 50],
  supervised: 0.9,
  stubborn: 0.8,
  pauseMs: [100, 10 * SECOND],
  faultMs: [10, 40 * SECOND],
  faults: {
    'black-hole': 8,
    'connections-cut': 3,
    'worker-killed': 1,
    'worker-stalled': 2,
    'master-stalled': 1,
    'store-in-trouble': 1,
    'driver-killed': 1,
  },
  masterStallMs: [SECOND, 20 * SECOND],
  abandoned: 0,
  failingFetches: 0,
  failingSpawns: 0,
  failingLaunchers: 0,
  // A quarter of what is shipped, so that there is more of it. The margin covers the launcher's tick, no more.
  master: {
    workerTimeoutMs: [15 * SECOND],
    heartbeatIntervalMs: [4 * SECOND],
    workerReturnTimeoutMs: [5 * SECOND],
    leaseMarginMs: [1_500],
    driverMaxShare: [1],
    superviseDelayMaxMs: [2 * SECOND],
    clientTimeoutMs: [60 * SECOND],
  },
  worker: { driverGraceMs: [2 * SECOND] },
}

export const PLANS: readonly Plan[] = [ROUGH, GENTLE, LONG, LEASE]

/** Throws for a name that no plan has. */
export function planNamed(name: string): Plan {
  const plan = PLANS.find((one) => one.name === name)
  if (plan !== undefined) return plan
  throw new Error(`no plan is called ${name}; there are ${PLANS.map((one) => one.name).join(', ')}`)
}

export interface DrawnSettings {
  readonly master: Settings
  readonly worker: WorkerSettings
  readonly orphanLimitMs: number
}

/** The settings of one simulation. The lease is what the master's config.ts makes of the time-outs. */
export function drawSettings(plan: Plan, dice: Dice): DrawnSettings {
  const master = { ...MASTER, ...pickEach<Settings>(plan.master, dice) }
  const leaseMs = Math.max(master.workerTimeoutMs, master.workerReturnTimeoutMs)
  return {
    master: { ...master, leaseMs },
    worker: { ...WORKER, ...pickEach<WorkerSettings>(plan.worker, dice) },
    orphanLimitMs: 60 * MINUTE,
  }
}

function pickEach<Of>(
  choices: { readonly [Key in keyof Of]?: readonly Of[Key][] },
  dice: Dice,
): Partial<Of> {
  const drawn: Partial<Of> = {}
  for (const key of Object.keys(choices) as (keyof Of)[]) {
    const values = choices[key]
    const value = values === undefined ? undefined : dice.pick(values)
    if (value !== undefined) drawn[key] = value
  }
  return drawn
}
