// Every timer of a worker and its launcher: what docs/timers.md shows.
import type { TimerRow } from '@hearth/common/domain/timers.ts'
import { RPC_KEYS } from '@hearth/common/runtime/rpc/limits.ts'
import { DEFAULT_IDLE_LIMIT_MS } from './launcher/client.ts'
import { TAIL_LIMIT_MS } from './launcher/logs/process-output.ts'
import { LEASE_TICK_MS } from './launcher/program/lease.ts'
import { STOP_MARGIN_MS, WORKER_KEYS } from './config.ts'
import { DIAGNOSIS_LIMIT_MS } from './shell/diagnose.ts'

export const WORKER_TIMERS: readonly TimerRow[] = [
  {
    name: 'dial of a master',
    key: RPC_KEYS.connectTimeoutMs.key,
    defaultMs: RPC_KEYS.connectTimeoutMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'dial + longest back-off < R, so that a worker is back before it is lost',
  },
  {
    name: 'proof of the secret',
    key: RPC_KEYS.connectTimeoutMs.key,
    defaultMs: RPC_KEYS.connectTimeoutMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'two round trips to the master < proof of the secret, which follows the dial',
  },
  {
    name: 'first back-off',
    key: WORKER_KEYS.backoffMs.key,
    defaultMs: WORKER_KEYS.backoffMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'first back-off ≤ longest back-off',
  },
  {
    name: 'longest back-off',
    key: WORKER_KEYS.backoffMaxMs.key,
    defaultMs: WORKER_KEYS.backoffMaxMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'dial + longest back-off < R (worker return time-out)',
  },
  {
    name: 'question to a standby',
    key: WORKER_KEYS.standbyRetryMs.key,
    defaultMs: WORKER_KEYS.standbyRetryMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'question to a standby < R: it is part of every fail-over',
  },
  {
    name: 'registration',
    key: WORKER_KEYS.registrationTimeoutMs.key,
    defaultMs: WORKER_KEYS.registrationTimeoutMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'a slow write to the store < registration',
  },
  {
    name: 'heartbeat',
    key: null,
    defaultMs: 15_000,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'given by the master: three heartbeats < worker time-out',
  },
  {
    name: 'silence of the master',
    key: WORKER_KEYS.masterSilenceMs.key,
    defaultMs: WORKER_KEYS.masterSilenceMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'three heartbeats ≤ silence of the master',
  },
  {
    name: 'repetition of a report',
    key: WORKER_KEYS.reportRetryMs.key,
    defaultMs: WORKER_KEYS.reportRetryMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'a round trip to the master < repetition of a report',
  },
  {
    name: 'restart of the launcher',
    key: WORKER_KEYS.launcherRetryMs.key,
    defaultMs: WORKER_KEYS.launcherRetryMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'restart of the launcher ≤ longest back-off, which caps it',
  },
  {
    name: 'kill grace',
    key: WORKER_KEYS.killGraceMs.key,
    defaultMs: WORKER_KEYS.killGraceMs.default,
    clock: 'monotonic',
    owner: 'launcher',
    inequality: 'kill grace < stop of a worker, which is the grace and a margin',
  },
  {
    name: 'kill grace of a driver',
    key: WORKER_KEYS.driverGraceMs.key,
    defaultMs: WORKER_KEYS.driverGraceMs.default,
    clock: 'monotonic',
    owner: 'launcher',
    inequality:
      'L + kill grace of a driver + margin < relaunch elsewhere; masters are told it at every registration; < stop of a worker',
  },
  {
    name: 'look at the lease',
    key: null,
    defaultMs: LEASE_TICK_MS,
    clock: 'monotonic',
    owner: 'launcher',
    inequality:
      'look at the lease < margin before a relaunch; the lease counts the time of a suspended machine',
  },
  {
    name: 'fetch of a driver’s jar',
    key: WORKER_KEYS.fetchTimeoutMs.key,
    defaultMs: WORKER_KEYS.fetchTimeoutMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality:
      'the largest jar over the slowest link < fetch; a driver that is fetched holds its cores',
  },
  {
    name: 'silence within a fetch',
    key: WORKER_KEYS.fetchIdleMs.key,
    defaultMs: WORKER_KEYS.fetchIdleMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'silence within a fetch < fetch of a driver’s jar',
  },
  {
    name: 'stop of a worker',
    key: null,
    defaultMs:
      Math.max(WORKER_KEYS.killGraceMs.default, WORKER_KEYS.driverGraceMs.default) + STOP_MARGIN_MS,
    clock: 'monotonic',
    owner: 'worker',
    inequality:
      'the longer kill grace + 15 s; less than what the service manager waits (systemd: 90 s)',
  },
  {
    name: 'orphan limit',
    key: WORKER_KEYS.orphanLimitMs.key,
    defaultMs: WORKER_KEYS.orphanLimitMs.default,
    clock: 'monotonic',
    owner: 'launcher',
    inequality: 'R < orphan limit; counts the time of a suspended machine',
  },
  {
    name: 'idle launcher',
    key: null,
    defaultMs: DEFAULT_IDLE_LIMIT_MS,
    clock: 'monotonic',
    owner: 'launcher',
    inequality: 'idle launcher > any restart of a worker, or exit codes wait for nobody',
  },
  {
    name: 'discovery script',
    key: WORKER_KEYS.discoveryTimeoutMs.key,
    defaultMs: WORKER_KEYS.discoveryTimeoutMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'discovery script < what the service manager waits for a start (systemd: 90 s)',
  },
  {
    name: 'last output of an ended process',
    key: null,
    defaultMs: TAIL_LIMIT_MS,
    clock: 'monotonic',
    owner: 'launcher',
    inequality:
      'last output < stop of a worker − kill grace: a disk that hangs delays the news of an end, and does not keep it',
  },
  {
    name: 'diagnosis of an ended process',
    key: null,
    defaultMs: DIAGNOSIS_LIMIT_MS,
    clock: 'monotonic',
    owner: 'worker',
    inequality:
      'diagnosis < repetition of a report: a slow disk delays the news of an end by less than a lost message',
  },
  {
    name: 'clean-up',
    key: WORKER_KEYS.cleanupIntervalMs.key,
    defaultMs: WORKER_KEYS.cleanupIntervalMs.default,
    clock: 'monotonic',
    owner: 'worker',
    inequality: 'clean-up < age of old directories',
  },
  {
    name: 'age of old directories',
    key: WORKER_KEYS.cleanupTtlMs.key,
    defaultMs: WORKER_KEYS.cleanupTtlMs.default,
    clock: 'wall',
    owner: 'worker',
    inequality: 'longer than anybody needs the logs of an ended application',
  },
]
