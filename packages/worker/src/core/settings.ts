// The numbers that a worker decides by. Durations in milliseconds of monotonic time; timers.ts says
// what each must be longer or shorter than.

export interface Settings {
  /** First delay between two dials of one master; it doubles with every failure. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
  /** Delay before a standby is asked again: it may lead at any moment. */
  readonly standbyRetryMs: number
  /** How long a master may take to answer a registration. */
  readonly registrationTimeoutMs: number
  /** Silence after which a leader is given up, unless three heartbeats are longer. */
  readonly masterSilenceMs: number
  /** Delay before an unacknowledged report is sent again. */
  readonly reportRetryMs: number
  /** First delay before a launcher that did not start is started again; it doubles up to `backoffMaxMs`. */
  readonly launcherRetryMs: number
  /** How long an orderly end may take before the worker leaves anyway. */
  readonly stopTimeoutMs: number
  /** Ended executors kept for people to look at. */
  readonly retainedExecutors: number
  /** The same of runs of drivers. */
  readonly retainedDrivers: number
  /** How long a driver may take to end when it is told to; masters reckon with it. */
  readonly driverGraceMs: number
}

export const DEFAULT_SETTINGS: Settings = {
  backoffMs: 250,
  backoffMaxMs: 10_000,
  standbyRetryMs: 1000,
  registrationTimeoutMs: 20_000,
  masterSilenceMs: 60_000,
  reportRetryMs: 5000,
  launcherRetryMs: 1000,
  stopTimeoutMs: 30_000,
  retainedExecutors: 1000,
  retainedDrivers: 1000,
  driverGraceMs: 10_000,
}
