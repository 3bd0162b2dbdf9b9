// Drivers in cluster mode as JSON: in the shape of Spark's pages, and in ours.
import type { DriverState } from '@hearth/common/domain/states.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import { SPARK_DRIVER_STATES } from '../submission/spark-driver-states.ts'
import { javaDate } from './java-date.ts'
import { resourcesJson } from './resources-json.ts'

/**
 * As JsonProtocol.writeDriverInfo writes it (3.5 and 4.x): the start time is text, and a worker that is not
 * there is `None`.
 */
export function driverJson(driver: DriverView): Record<string, unknown> {
  const { cores, memoryMb } = driver.resources
  return {
    id: driver.id,
    starttime: String(driver.submittedAt),
    state: SPARK_DRIVER_STATES[driver.state],
    cores,
    memory: memoryMb,
    resources: resourcesJson({ cores, memoryMb, custom: driver.addresses }),
    submitdate: javaDate(driver.submittedAt),
    worker: driver.workerId ?? 'None',
    mainclass: driver.mainClass,
  }
}

const LOG_TYPES = ['stdout', 'stderr'] as const
export type DriverLogs = Readonly<Record<(typeof LOG_TYPES)[number], string>>

/**
 * Where its worker shows its output, as text (`/log/`) or as a page (`/logPage/`); null before it had a
 * worker.
 */
export function driverLogs(
  { id, workerWebUiUrl }: DriverView,
  path: '/log/' | '/logPage/',
): DriverLogs | null {
  if (workerWebUiUrl === null || !URL.canParse(path, workerWebUiUrl)) return null
  const address = (logType: string) => {
    const url = new URL(path, workerWebUiUrl)
    url.search = new URLSearchParams({ driverId: id, logType }).toString()
    return url.href
  }
  return { stdout: address('stdout'), stderr: address('stderr') }
}

/** The whole view, and where its logs are; an element of `/api/v1/drivers`. */
export function driverDocument(
  driver: DriverView,
): DriverView & { readonly logs: DriverLogs | null } {
  return { ...driver, logs: driverLogs(driver, '/log/') }
}

/** A driver that does not run yet, or not now; an element of `/api/v1/waiting/drivers`. */
export interface WaitingDriver {
  readonly driverId: string
  readonly name: string
  /** 1 was submitted first. */
  readonly position: number
  readonly state: DriverState
  readonly code: string
  readonly text: string
}

/** Those that wait, in the order of their submission. */
export function waitingDrivers(active: readonly DriverView[]): WaitingDriver[] {
  const waiting: WaitingDriver[] = []
  for (const { id, name, state, wait } of active) {
    if (wait === null) continue
    const position = waiting.length + 1
    waiting.push({ driverId: id, name, position, state, code: wait.code, text: wait.text })
  }
  return waiting
}
