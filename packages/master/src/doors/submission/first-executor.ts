// What the application of a driver will ask for first, as far as its submission says. Pure.
import { isResourceName, type ResourceAmounts } from '@hearth/common/domain/resources.ts'
import { MIB, parseBytes } from '@hearth/common/runtime/config/units.ts'
import { SubmissionProblem } from './problem.ts'

const DEFAULT_CORES = 1
const DEFAULT_MEMORY_MB = 1024
const MAX_CORES = 1_000_000
const MAX_MEMORY_MB = 1_073_741_824
const MAX_AMOUNT = 1_000_000
const MAX_KINDS = 100
const MAX_SHOWN = 200

/**
 * The first executor of the application, or null for one that runs in its driver (`spark.master=local…`).
 * `spark.executor.instances` says nothing here: a standalone master starts executors without it
 * (StandaloneSchedulerBackend, 3.5 to 4.3), and with dynamic allocation the first job asks for one.
 * Throws {@link SubmissionProblem} for values that Spark could not read either.
 */
export function firstExecutorOf(
  properties: ReadonlyMap<string, string>,
  environment: Readonly<Record<string, string>>,
): ResourceAmounts | null {
  if (/^local(\[|-cluster\[|$)/.test(properties.get('spark.master') ?? '')) return null
  const cores = properties.get('spark.executor.cores')
  const memory = properties.get('spark.executor.memory') ?? environmentMemory(environment)
  const custom = customAmountsOf(properties, 'spark.executor.resource.')
  return {
    cores: cores === undefined ? DEFAULT_CORES : coresOf('spark.executor.cores', cores),
    memoryMb: memory === undefined ? DEFAULT_MEMORY_MB : memoryOf('spark.executor.memory', memory),
    ...(custom !== undefined && { custom }),
  }
}

/** A number of cores as Spark's configuration gives it. `key` names it in the problem. */
export function coresOf(key: string, text: string): number {
  return wholeOf(key, text, MAX_CORES)
}

/** A size in MiB as Spark's configuration gives it (`512m`, `1g`, a bare number of MiB). */
export function memoryOf(key: string, text: string): number {
  const bytes = parseBytes(text, 'm')
  if (bytes === undefined) {
    throw new SubmissionProblem(`${key} is ${shown(text)}, not a size such as 512m or 2g`)
  }
  const memoryMb = Math.floor(bytes / MIB)
  if (memoryMb < 1 || memoryMb > MAX_MEMORY_MB) {
    throw new SubmissionProblem(`${key} is ${shown(text)}; it must be from 1m to ${MAX_MEMORY_MB}m`)
  }
  return memoryMb
}

/**
 * Units of each custom resource: the `PREFIXname.amount` of the configuration. Undefined when there are none;
 * an amount of 0 asks for nothing.
 */
export function customAmountsOf(
  properties: ReadonlyMap<string, string>,
  prefix: string,
): Readonly<Record<string, number>> | undefined {
  const amounts: [string, number][] = []
  for (const [key, text] of properties) {
    if (!key.startsWith(prefix) || !key.endsWith('.amount')) continue
    const name = key.slice(prefix.length, -'.amount'.length)
    if (text.trim() === '0') continue
    amounts.push([name, wholeOf(key, text, MAX_AMOUNT)])
  }
  const custom = Object.fromEntries(amounts)
  checkCustom(custom)
  return amounts.length === 0 ? undefined : custom
}

/** Throws {@link SubmissionProblem} unless these can be what an executor or driver needs. */
export function checkAmounts(
  whose: string,
  { cores, memoryMb, custom = {} }: ResourceAmounts,
): void {
  if (!isWhole(cores, MAX_CORES)) {
    throw new SubmissionProblem(
      `${whose} asks for ${cores} cores; it must be a whole number from 1 to ${MAX_CORES}`,
    )
  }
  if (!isWhole(memoryMb, MAX_MEMORY_MB)) {
    throw new SubmissionProblem(
      `${whose} asks for ${memoryMb} MiB of memory; it must be a whole number from 1 to ${MAX_MEMORY_MB}`,
    )
  }
  checkCustom(custom)
}

function checkCustom(custom: Readonly<Record<string, number>>): void {
  const kinds = Object.entries(custom)
  if (kinds.length > MAX_KINDS) {
    throw new SubmissionProblem(
      `${kinds.length} custom resources are asked for; at most ${MAX_KINDS} are allowed`,
    )
  }
  for (const [name, amount] of kinds) {
    if (!isResourceName(name)) {
      throw new SubmissionProblem(
        `${shown(name)} cannot name a custom resource; use letters, digits, - and _`,
      )
    }
    if (!isWhole(amount, MAX_AMOUNT)) {
      throw new SubmissionProblem(
        `${amount} of the resource ${name} are asked for; it must be a whole number from 1 to ${MAX_AMOUNT}`,
      )
    }
  }
}

// The driver takes it where the key is not set (SparkContext).
function environmentMemory(environment: Readonly<Record<string, string>>): string | undefined {
  const name = 'SPARK_EXECUTOR_MEMORY'
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

function wholeOf(key: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (isWhole(value, max)) return value
  throw new SubmissionProblem(
    `${key.slice(0, MAX_SHOWN)} is ${shown(text)}; it must be a whole number from 1 to ${max}`,
  )
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN))
}
