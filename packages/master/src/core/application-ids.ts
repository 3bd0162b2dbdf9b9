// How applications are named: Spark's patterns, counters and its choice of the application's own name.
import { formatStamp, parseApplicationId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import type { Cluster } from './cluster.ts'
import type { Now } from './events.ts'

/**
 * The id of a new application, and the counter moved on; a sentence when there can be none. An id that is
 * in use is passed over: a counter that wraps comes back to applications that still run.
 */
export function takeApplicationId(
  cluster: Cluster,
  name: string,
  now: Now,
): { readonly id: ApplicationId } | { readonly problem: string } {
  const { settings, applications } = cluster
  if (settings.isNameApplicationId) {
    const id = parseApplicationId(name.toLowerCase().replaceAll(/\s+/g, ''))
    if (id === undefined) {
      const problem = `its name ${JSON.stringify(name.slice(0, 200))} cannot be its id (spark.master.useAppNameAsAppId.enabled): letters, digits and _ . : % - are allowed, 255 at most`
      return { problem }
    }
    if (!applications.has(id)) return { id }
    return {
      problem: `application ${id} runs already, and names are ids here; choose another name`,
    }
  }
  const stamp = formatStamp(now.wall)
  for (let tries = 0; tries <= applications.size; tries += 1) {
    const number = cluster.nextApplicationNumber
    cluster.nextApplicationNumber += 1
    if (settings.applicationModulo !== null) {
      cluster.nextApplicationNumber %= settings.applicationModulo
    }
    const id = parseApplicationId(cluster.idPattern.format([stamp, number]) ?? '')
    if (id !== undefined && !applications.has(id)) return { id }
  }
  return {
    problem: 'all ids that spark.deploy.appIdPattern can make at the moment are in use',
  }
}
