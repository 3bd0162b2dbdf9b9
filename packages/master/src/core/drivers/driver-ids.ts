// How drivers are named: Spark's pattern, of the time and a counter.
import { formatStamp, parseDriverId, type DriverId } from '@hearth/common/domain/ids.ts'
import type { Cluster } from '../cluster.ts'
import type { Now } from '../events.ts'

/** The id of a new driver, and the counter moved on; undefined when the pattern makes none that can be one. */
export function takeDriverId(cluster: Cluster, now: Now): DriverId | undefined {
  const stamp = formatStamp(now.wall)
  for (let tries = 0; tries <= cluster.drivers.size; tries += 1) {
    const number = cluster.nextDriverNumber
    cluster.nextDriverNumber += 1
    const id = parseDriverId(cluster.driverIdPattern.format([stamp, number]) ?? '')
    if (id !== undefined && !cluster.drivers.has(id)) return id
  }
  return undefined
}
