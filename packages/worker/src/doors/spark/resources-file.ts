// Spark's resources file: which addresses of custom resources belong to whom (StandaloneResourceUtils
// and ResourceUtils.parseAllocatedFromJsonFile, 3.5 to 4.3).
import { isResourceName, type ResourceAddresses } from '@hearth/common/domain/resources.ts'
import { checkAddresses, readJson, shorten } from './resource-addresses.ts'

export type ResourceComponent = 'spark.executor' | 'spark.driver' | 'spark.worker'

/** The text of a file for one component, in the form that Spark writes: one line, no blanks. */
export function formatResourcesFile(
  componentName: ResourceComponent,
  custom: ResourceAddresses,
): string {
  const allocations = Object.entries(custom).map(([resourceName, addresses]) => ({
    id: { componentName, resourceName },
    addresses,
  }))
  return JSON.stringify(allocations)
}

/**
 * The addresses that a file gives to `component`, by the name of their kind, or what is wrong with the
 * file, to stand behind its name. What it says of other components does not matter, as in Spark.
 */
export function parseResourcesFile(
  text: string,
  component: ResourceComponent,
): ReadonlyMap<string, readonly string[]> | string {
  const json = readJson(text)
  if (typeof json === 'string') return json
  if (!Array.isArray(json.value)) return `must be a list such as ${EXAMPLE}`
  const found = new Map<string, readonly string[]>()
  for (const [index, entry] of (json.value as readonly unknown[]).entries()) {
    const allocation = fieldsOf(entry)
    const { componentName, resourceName } = fieldsOf(allocation['id'])
    if (typeof componentName !== 'string' || typeof resourceName !== 'string') {
      return `entry ${index + 1} is not like those of ${EXAMPLE}`
    }
    if (componentName !== component) continue
    if (!isResourceName(resourceName)) {
      return `${shorten(JSON.stringify(resourceName))} cannot name a resource: letters, digits, _ and - are allowed`
    }
    if (found.has(resourceName)) return `${resourceName} stands in it twice`
    const addresses = checkAddresses(allocation['addresses'])
    if (typeof addresses === 'string') return `the list of ${resourceName} ${addresses}`
    found.set(resourceName, addresses)
  }
  return found
}

const EXAMPLE =
  '[{"id":{"componentName":"spark.worker","resourceName":"gpu"},"addresses":["0","1"]}]'

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
