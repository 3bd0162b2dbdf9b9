// What a description must be before the pool takes it. Pure: a description in, a sentence or nothing out.
import type {
  ApplicationDescription,
  DriverDescription,
  ExecutorRequest,
} from '@hearth/common/domain/descriptions.ts'
import { isResourceName } from '@hearth/common/domain/resources.ts'

const MAX_NAME_LENGTH = 65_536
const MAX_CORES = 1_000_000
const MAX_MEMORY_MB = 1_073_741_824
const MAX_CUSTOM_RESOURCES = 100
const MAX_CUSTOM_AMOUNT = 1_000_000

/** The first thing that is wrong with the description, as a sentence for its user. */
export function problemOf(description: ApplicationDescription): string | undefined {
  const { name, maxCores, executorLimit, executor } = description
  if (name.length > MAX_NAME_LENGTH) {
    return `the application's name is ${name.length} characters long; at most ${MAX_NAME_LENGTH} are allowed`
  }
  if (maxCores !== null && !isWhole(maxCores, 1, Number.MAX_SAFE_INTEGER)) {
    return `spark.cores.max is ${maxCores}; it must be a whole number of at least 1`
  }
  if (executorLimit !== null && !isWhole(executorLimit, 0, Number.MAX_SAFE_INTEGER)) {
    return `the initial number of executors is ${executorLimit}; it must be a whole number of at least 0`
  }
  return problemOfRequest(executor)
}

/** The first thing that is wrong with a driver's description, as a sentence for its user. */
export function problemOfDriver({ name, resources }: DriverDescription): string | undefined {
  if (name.length > MAX_NAME_LENGTH) {
    return `the driver's name is ${name.length} characters long; at most ${MAX_NAME_LENGTH} are allowed`
  }
  return problemOfResources('driver', resources)
}

/** The first thing that is wrong with what an executor shall get, as a sentence for its user. */
export function problemOfRequest(request: ExecutorRequest): string | undefined {
  return problemOfResources('executor', request)
}

function problemOfResources(
  kind: 'driver' | 'executor',
  { cores, memoryMb, custom = {} }: ExecutorRequest,
): string | undefined {
  if (cores !== null && !isWhole(cores, 1, MAX_CORES)) {
    return `spark.${kind}.cores is ${cores}; it must be a whole number from 1 to ${MAX_CORES}`
  }
  if (!isWhole(memoryMb, 1, MAX_MEMORY_MB)) {
    return `spark.${kind}.memory is ${memoryMb} MiB; it must be from 1 MiB to ${MAX_MEMORY_MB} MiB`
  }
  const kinds = Object.entries(custom)
  if (kinds.length > MAX_CUSTOM_RESOURCES) {
    return `each ${kind} needs ${kinds.length} custom resources; at most ${MAX_CUSTOM_RESOURCES} are allowed`
  }
  for (const [name, amount] of kinds) {
    if (!isResourceName(name)) {
      return `${JSON.stringify(name.slice(0, 200))} cannot name a custom resource; use letters, digits, - and _`
    }
    if (!isWhole(amount, 1, MAX_CUSTOM_AMOUNT)) {
      return `spark.${kind}.resource.${name}.amount is ${amount}; it must be a whole number from 1 to ${MAX_CUSTOM_AMOUNT}`
    }
  }
  return undefined
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
