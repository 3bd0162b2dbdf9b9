// Custom resources as Spark's JSON pages show them.
import { addressesOf, type Resources } from '@hearth/common/domain/resources.ts'

/**
 * ResourceInformation.toJson under the name of each kind. `kindsOf` names the kinds, also those of which
 * `resources` has none (WorkerInfo.resourcesInfoUsed, 3.5 and 4.x).
 */
export function resourcesJson(
  resources: Resources,
  kindsOf: Resources = resources,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(kindsOf.custom ?? {}).map((name) => [
      name,
      { name, addresses: addressesOf(resources, name) },
    ]),
  )
}
