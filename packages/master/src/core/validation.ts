// What a description must be before the pool takes it. Pure: a description in, a sentence or nothing out.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'

const MAX_NAME_LENGTH = 65_536
const MAX_CORES = 1_000_000
const MAX_MEMORY_MB = 1_073_741_824

/** The first thing that is wrong with the description, as a sentence for its user. */
export function problemOf(description: ApplicationDescription): string | undefined {
  const { name, maxCores, executorLimit, executor } = description
  if (name.length > MAX_NAME_LENGTH) {
    return `the application's name is ${name.length} characters long; at most ${MAX_NAME_LENGTH} are allowed`
  }
  if (maxCores !== null && !isWhole(maxCores, 1, Number.MAX_SAFE_INTEGER)) {
    return `spark.cores.max is ${maxCores}; it must be a whole number of at least 1`
  }
  if (executor.cores !== null && !isWhole(executor.cores, 1, MAX_CORES)) {
    return `spark.executor.cores is ${executor.cores}; it must be a whole number from 1 to ${MAX_CORES}`
  }
  if (!isWhole(executor.memoryMb, 1, MAX_MEMORY_MB)) {
    return `spark.executor.memory is ${executor.memoryMb} MiB; it must be from 1 MiB to ${MAX_MEMORY_MB} MiB`
  }
  if (executorLimit !== null && !isWhole(executorLimit, 0, Number.MAX_SAFE_INTEGER)) {
    return `the initial number of executors is ${executorLimit}; it must be a whole number of at least 0`
  }
  return undefined
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
