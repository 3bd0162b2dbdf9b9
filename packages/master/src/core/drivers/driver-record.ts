// What is stored of a driver.
import type { DriverRecord } from '../records.ts'
import type { Driver } from './driver.ts'

export function recordOfDriver(driver: Driver): DriverRecord {
  const { id, description, submittedAt, attempt, resources, relaunchOf } = driver
  const workerId = resources === null ? null : driver.workerId
  return {
    ...{ version: 1, kind: 'driver', id, description, submittedAt },
    ...{ attempt, workerId, resources, relaunchOf },
  }
}
