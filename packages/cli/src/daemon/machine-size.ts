// What this machine can give, as a JVM would count it: within the limits of its container.
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { MIB } from '@hearth/common/runtime/config/units.ts'

/** Left to the operating system when nobody says how much a worker offers (WorkerArguments). */
const RESERVED_MB = 1024
const SMALLEST_OFFER_MB = 1024

/** Processors this process may use: affinity and the quota of its control group, at least 1. */
export function machineCores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quotaCores())))
}

/** All memory but 1 GiB, and never less than 1 GiB: Spark's default for a worker, in MiB. */
export function defaultMemoryMb(): number {
  const limit = process.constrainedMemory()
  // Without a limit this is 0 or a number close to 2^63.
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(SMALLEST_OFFER_MB, Math.floor(bytes / MIB) - RESERVED_MB)
}

function quotaCores(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ')
    const cores = Number(quota) / Number(period)
    return cores > 0 ? cores : Infinity
  } catch {
    return Infinity
  }
}
