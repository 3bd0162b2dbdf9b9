// A driver in cluster mode in the shape of Spark's JSON pages (JsonProtocol.writeDriverInfo, 3.5 and 4.x).
import type { Instant } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { javaDate } from './java-date.ts'
import { resourcesJson } from './resources-json.ts'

export interface DriverFacts {
  readonly id: string
  readonly submittedAt: Instant
  /** SUBMITTED, RUNNING, FINISHED … */
  readonly state: string
  readonly resources: Resources
  /** Null while no worker runs it. */
  readonly workerId: string | null
  readonly mainClass: string
}

/** The start time is text and a worker that is not there is `None`, as Spark writes them. */
export function driverJson(driver: DriverFacts): Record<string, unknown> {
  return {
    id: driver.id,
    starttime: String(driver.submittedAt),
    state: driver.state,
    cores: driver.resources.cores,
    memory: driver.resources.memoryMb,
    resources: resourcesJson(driver.resources),
    submitdate: javaDate(driver.submittedAt),
    worker: driver.workerId ?? 'None',
    mainclass: driver.mainClass,
  }
}
