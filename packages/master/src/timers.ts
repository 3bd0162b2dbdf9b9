// Every timer of a master: what docs/timers.md shows, and what is checked at start.
import type { TimerRow } from '@hearth/common/domain/timers.ts'
import type { MasterConfig } from './config.ts'
import { AUTH_KEYS } from '@hearth/common/runtime/auth/auth-settings.ts'
import { RPC_KEYS } from '@hearth/common/runtime/rpc/limits.ts'
import { REMEMBERED_MS } from '@hearth/common/runtime/auth/tokens/token-checker.ts'
import { REST_HEADERS_TIMEOUT_MS, REST_REQUEST_TIMEOUT_MS } from './rest-config.ts'
import { DEFAULT_SETTINGS } from './core/settings.ts'
import { SAVE_RETRY_MAX_MS, SAVE_RETRY_MS } from './core/drivers/stored-drivers.ts'
import { ACKNOWLEDGE_TIMEOUT_MS } from './doors/spark/dial-driver.ts'
import { VERSION_QUESTION_TIMEOUT_MS } from './doors/spark/release-profiles.ts'
import { LAUNCHER_PROBE_TIMEOUT_MS } from './shell/launcher-probe.ts'

export const MASTER_TIMERS: readonly TimerRow[] = [
  {
    name: 'tick',
    key: null,
    defaultMs: 1_000,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'tick < heartbeat interval, so that silence is noticed within one heartbeat',
  },
  {
    name: 'worker time-out',
    key: 'spark.worker.timeout',
    defaultMs: DEFAULT_SETTINGS.workerTimeoutMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'three heartbeats < worker time-out',
  },
  {
    name: 'worker return time-out (R)',
    key: 'hearth.worker.returnTimeout',
    defaultMs: DEFAULT_SETTINGS.workerReturnTimeoutMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'R < orphan limit of the launcher, or executors end before they are declared lost',
  },
  {
    name: 'driver return time-out',
    key: 'hearth.application.returnTimeout',
    defaultMs: DEFAULT_SETTINGS.clientReturnTimeoutMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'a dial takes up to 10 s; with less, the first one may still be under way',
  },
  {
    name: 'driver question interval',
    key: 'hearth.application.askInterval',
    defaultMs: DEFAULT_SETTINGS.clientAskIntervalMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'three questions < driver time-out',
  },
  {
    name: 'driver time-out',
    key: 'hearth.application.timeout',
    defaultMs: DEFAULT_SETTINGS.clientTimeoutMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'three driver question intervals < driver time-out',
  },
  {
    name: 'loss reminders',
    key: null,
    defaultMs: 120_000,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'an executor registers within seconds of its start; the last reminder comes long after',
  },
  {
    name: 'launcher dial',
    key: null,
    defaultMs: LAUNCHER_PROBE_TIMEOUT_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'launcher dial < R, so that a dead launcher is noticed before R has passed',
  },
  {
    name: 'driver dial',
    key: null,
    defaultMs: ACKNOWLEDGE_TIMEOUT_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'driver dial < driver return time-out',
  },
  {
    name: 'launch proven',
    key: 'hearth.launch.provenAfter',
    defaultMs: DEFAULT_SETTINGS.provenAfterMs,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'start of a JVM and its registration with the driver (seconds) < launch proven < first quarantine',
  },
  {
    name: 'launch back-off',
    key: 'hearth.launch.backoff',
    defaultMs: DEFAULT_SETTINGS.launchBackoffMs,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'launch back-off ≤ longest launch back-off; the same for a driver that a worker did not take',
  },
  {
    name: 'longest launch back-off',
    key: 'hearth.launch.backoffMax',
    defaultMs: DEFAULT_SETTINGS.launchBackoffMaxMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longest launch back-off < first quarantine',
  },
  {
    name: 'first quarantine',
    key: 'hearth.quarantine.time',
    defaultMs: DEFAULT_SETTINGS.quarantineMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'first quarantine ≤ longest quarantine',
  },
  {
    name: 'longest quarantine',
    key: 'hearth.quarantine.timeMax',
    defaultMs: DEFAULT_SETTINGS.quarantineMaxMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longer than a worker usually takes to be mended',
  },
  {
    name: 'restart delay of a driver',
    key: 'hearth.supervise.delay',
    defaultMs: DEFAULT_SETTINGS.superviseDelayMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'restart delay ≤ longest restart delay; restarts begin at ticks',
  },
  {
    name: 'longest restart delay of a driver',
    key: 'hearth.supervise.delayMax',
    defaultMs: DEFAULT_SETTINGS.superviseDelayMaxMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longest restart delay < restart window',
  },
  {
    name: 'stable run of a driver',
    key: 'hearth.supervise.stableAfter',
    defaultMs: DEFAULT_SETTINGS.superviseStableMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longer than a JVM takes to fail at its start',
  },
  {
    name: 'restart window of a driver',
    key: 'hearth.supervise.window',
    defaultMs: DEFAULT_SETTINGS.superviseWindowMs,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longest restart delay < restart window',
  },
  {
    name: 'lease of supervised drivers (L)',
    key: null,
    defaultMs: DEFAULT_SETTINGS.leaseMs,
    clock: 'monotonic',
    owner: 'master and launcher',
    inequality: 'L = the longer of R and worker time-out; three heartbeats < L',
  },
  {
    name: 'margin before a relaunch',
    key: 'hearth.supervise.margin',
    defaultMs: DEFAULT_SETTINGS.leaseMarginMs,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'L + time a driver has to end + margin < relaunch of a driver whose worker is out of reach; the margin covers that two clocks run at different speeds',
  },
  {
    name: 'repetition of a write of a driver’s record',
    key: null,
    defaultMs: SAVE_RETRY_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'tick ≤ repetition of a write ≤ longest repetition of it; the driver waits meanwhile',
  },
  {
    name: 'longest repetition of a write of a driver’s record',
    key: null,
    defaultMs: SAVE_RETRY_MAX_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality:
      'longest repetition of a write < what people wait for after they have mended a store',
  },
  {
    name: 'class version question',
    key: null,
    defaultMs: VERSION_QUESTION_TIMEOUT_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'class version question < 20 s, after which a driver registers again',
  },
  {
    name: 'first frame',
    key: RPC_KEYS.firstFrameTimeoutMs.key,
    defaultMs: RPC_KEYS.firstFrameTimeoutMs.default,
    clock: 'monotonic',
    owner: 'every RPC port',
    inequality: 'a peer speaks at once after connecting; there is no time-out afterwards',
  },
  {
    name: 'authentication',
    key: AUTH_KEYS.authTimeoutMs.key,
    defaultMs: AUTH_KEYS.authTimeoutMs.default,
    clock: 'monotonic',
    owner: 'every RPC port with a secret',
    inequality:
      'authentication and the first frame behind it; Spark waits as long for each of its round trips',
  },
  {
    name: 'answer to an ask',
    key: RPC_KEYS.answerTimeoutMs.key,
    defaultMs: RPC_KEYS.answerTimeoutMs.default,
    clock: 'monotonic',
    owner: 'every RPC port',
    inequality: 'answer to an ask < 120 s (spark.rpc.askTimeout of drivers)',
  },
  {
    name: 'REST request time-out',
    key: 'hearth.rest.requestTimeout',
    defaultMs: REST_REQUEST_TIMEOUT_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'longer than the largest body takes on the slowest line, or its client is cut off',
  },
  {
    name: 'REST headers time-out',
    key: null,
    defaultMs: REST_HEADERS_TIMEOUT_MS,
    clock: 'monotonic',
    owner: 'master',
    inequality: 'REST headers time-out ≤ REST request time-out',
  },
  {
    name: 'tokens remembered',
    key: null,
    defaultMs: REMEMBERED_MS,
    clock: 'wall',
    owner: 'master',
    inequality: 'a changed tokens file ends it at once; shorter costs a check of 40 ms more often',
  },
]

/** Sentences about configured timers that contradict each other; empty when none does. */
export function timerProblems(config: MasterConfig): readonly string[] {
  const problems: string[] = []
  if (config.clientTimeoutMs <= 3 * config.clientAskIntervalMs) {
    problems.push(
      `hearth.application.timeout is ${config.clientTimeoutMs / 1000} s; it must be longer than three times hearth.application.askInterval (${config.clientAskIntervalMs / 1000} s), or a driver is given up before it was asked enough`,
    )
  }
  const ordered = [
    [
      'hearth.launch.backoff',
      config.launchBackoffMs,
      'hearth.launch.backoffMax',
      config.launchBackoffMaxMs,
    ],
    [
      'hearth.launch.backoffMax',
      config.launchBackoffMaxMs,
      'hearth.quarantine.time',
      config.quarantineMs,
    ],
    [
      'hearth.launch.provenAfter',
      config.provenAfterMs,
      'hearth.quarantine.time',
      config.quarantineMs,
    ],
    [
      'hearth.supervise.delay',
      config.superviseDelayMs,
      'hearth.supervise.delayMax',
      config.superviseDelayMaxMs,
    ],
    [
      'hearth.supervise.delayMax',
      config.superviseDelayMaxMs,
      'hearth.supervise.window',
      config.superviseWindowMs,
    ],
    [
      'hearth.quarantine.time',
      config.quarantineMs,
      'hearth.quarantine.timeMax',
      config.quarantineMaxMs,
    ],
  ] as const
  for (const [shorter, shorterMs, longer, longerMs] of ordered) {
    if (shorterMs <= longerMs) continue
    problems.push(
      `${shorter} is ${shorterMs / 1000} s and ${longer} is ${longerMs / 1000} s; the first may not be longer than the second`,
    )
  }
  return problems
}
