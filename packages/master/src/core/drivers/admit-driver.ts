// A driver comes into the pool, and what is stored of it is written.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import type { DriverId } from '@hearth/common/domain/ids.ts'
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now, RequestId } from '../events.ts'
import { driverKey } from '../records.ts'
import type { Driver } from './driver.ts'
import { recordOfDriver } from './driver-record.ts'

export interface NewDriver {
  readonly id: DriverId
  readonly description: DriverDescription
  readonly request: RequestId | null
  readonly relaunchOf: DriverId | null
  /** Monotonic. */
  readonly notBefore: number | null
}

/** Adds the driver to the queue and has its record written; returns it. */
export function admitDriver(cluster: Cluster, driver: NewDriver, now: Now, out: Out): Driver {
  const { id, description, request, relaunchOf, notBefore } = driver
  // Written out, so that all drivers have one shape: with a spread every one gets its own, and whatever looks
  // at drivers is slow.
  const admitted: Driver = {
    id,
    description,
    request,
    relaunchOf,
    notBefore,
    backoffs: new Map(),
    state: 'submitted',
    unsaved: 0,
    failedSave: null,
    replaces: relaunchOf,
    submittedAt: now.wall,
    endedAt: null,
    attempt: 0,
    workerId: null,
    resources: null,
    ordered: false,
    runningAt: null,
    exitCode: null,
    message: null,
    hint: null,
    ending: false,
    restarts: [],
    delayMs: null,
    relaunchedAs: null,
    wait: null,
    notedWait: null,
    story: [],
  }
  cluster.drivers.set(admitted.id, admitted)
  cluster.waitingDrivers.add(admitted)
  saveDriver(admitted, out)
  return admitted
}

/** Has the record written; what depends on it waits for its completion. */
export function saveDriver(driver: Driver, out: Out): void {
  driver.unsaved += 1
  out.push({ type: 'persist', key: driverKey(driver.id), record: recordOfDriver(driver) })
}
