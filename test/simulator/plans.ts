// What is drawn from: how long, how many, and which faults how often. A plan and a seed are a whole
// simulation.
import { DEFAULT_SETTINGS as MASTER, type Settings } from '@hearth/master/core/settings.ts'
import {
  DEFAULT_SETTINGS as WORKER,
  type Settings as WorkerSettings,
} from '@hearth/worker/core/settings.ts'

export type FaultKind =
  | 'worker-killed'
  | 'worker-stopped'
  | 'worker-stalled'
  | 'launcher-killed'
  | 'launcher-unreachable'
  | 'power-failure'
  | 'connections-cut'
  | 'black-hole'
  | 'executor-killed'
  | 'master-stalled'
  | 'store-in-trouble'
  | 'application-killed'

export interface Plan {
  readonly name: string
  /** Faults happen for so long, then everything is mended. */
  readonly troubleMs: number
  /** How long the cluster then has to come to rest: longer than every time-out together. */
  readonly restMs: number
  readonly machines: readonly [least: number, most: number]
  /** Hosts that drivers run on. */
  readonly driverHosts: number
  /** Time between two applications. */
  readonly arrivalMs: readonly [least: number, most: number]
  /** How long an application runs. */
  readonly runMs: readonly [least: number, most: number]
  /** How drivers end. */
  readonly ends: Readonly<Record<'finishes' | 'is killed' | 'loses power', number>>
  /** Time between two faults. */
  readonly pauseMs: readonly [least: number, most: number]
  /** How long a fault lasts that passes by itself. */
  readonly faultMs: readonly [least: number, most: number]
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** Machines whose worker never comes back after its last fault. */
  readonly abandoned: number
  /** How many spawns, and openings of a launcher, fail. */
  readonly failingSpawns: number
  readonly failingLaunchers: number
  readonly orphanLimitMs: number
  readonly master: Settings
  readonly worker: WorkerSettings
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** Everything that can go wrong, often, and one thing on top of the other. */
const ROUGH: Plan = {
  name: 'rough',
  troubleMs: 20 * MINUTE_MS,
  restMs: 8 * MINUTE_MS,
  machines: [1, 5],
  driverHosts: 3,
  arrivalMs: [2 * SECOND_MS, 3 * MINUTE_MS],
  runMs: [5 * SECOND_MS, 15 * MINUTE_MS],
  ends: { finishes: 6, 'is killed': 3, 'loses power': 1 },
  pauseMs: [100, MINUTE_MS],
  faultMs: [10, 4 * MINUTE_MS],
  faults: {
    'worker-killed': 4,
    'worker-stopped': 1,
    'worker-stalled': 2,
    'launcher-killed': 2,
    'launcher-unreachable': 1,
    'power-failure': 2,
    'connections-cut': 4,
    'black-hole': 4,
    'executor-killed': 4,
    'master-stalled': 1,
    'store-in-trouble': 2,
    'application-killed': 0.5,
  },
  abandoned: 0.1,
  failingSpawns: 0.02,
  failingLaunchers: 0.05,
  orphanLimitMs: 60 * MINUTE_MS,
  master: { ...MASTER, clientTimeoutMs: 3 * MINUTE_MS },
  worker: WORKER,
}

/** Only what a cluster must survive without the loss of one executor; one fault after the other. */
const GENTLE: Plan = {
  ...ROUGH,
  name: 'gentle',
  ends: { finishes: 1, 'is killed': 0, 'loses power': 0 },
  pauseMs: [90 * SECOND_MS, 3 * MINUTE_MS],
  faultMs: [10, 20 * SECOND_MS],
  faults: {
    'worker-killed': 4,
    'worker-stalled': 2,
    'launcher-unreachable': 2,
    'connections-cut': 4,
    'black-hole': 4,
    'master-stalled': 2,
  },
  abandoned: 0,
  failingSpawns: 0,
  failingLaunchers: 0,
}

/** As rough, for hours, with the settings that are shipped. */
const LONG: Plan = {
  ...ROUGH,
  name: 'long',
  troubleMs: 180 * MINUTE_MS,
  restMs: 20 * MINUTE_MS,
  machines: [1, 12],
  driverHosts: 8,
  faultMs: [10, 20 * MINUTE_MS],
  master: MASTER,
}

export const PLANS: readonly Plan[] = [ROUGH, GENTLE, LONG]

/** Throws for a name that no plan has. */
export function planNamed(name: string): Plan {
  const plan = PLANS.find((one) => one.name === name)
  if (plan !== undefined) return plan
  throw new Error(`no plan is called ${name}; there are ${PLANS.map((one) => one.name).join(', ')}`)
}
