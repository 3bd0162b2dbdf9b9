// What a Spark resource profile asks of a worker. Pure.
import type { SparkResourceProfile } from '@hearth/common/protocol/spark-rpc/messages/resource-profile.ts'
import type { RequestedTarget } from '../../core/events.ts'

// Names that Spark itself gives a meaning (ResourceProfile.allSupportedExecutorResources, 3.5 and 4.x).
// A standalone master counts cores and memory; the rest is the executor's own business.
const BUILT_IN: readonly string[] = [
  'cores',
  'memory',
  'offHeap',
  'memoryOverhead',
  'pyspark.memory',
]

/** Cores, memory and custom resources of the profile; null for what it leaves open. */
export function toExecutorRequest({
  executorResources,
}: SparkResourceProfile): RequestedTarget['executor'] {
  const amountOf = (name: string) =>
    Object.hasOwn(executorResources, name) ? (executorResources[name]?.amount ?? null) : null
  const custom = Object.entries(executorResources)
    .filter(([name, { amount }]) => !BUILT_IN.includes(name) && amount > 0)
    .map(([name, { amount }]) => [name, amount] as const)
  return {
    cores: amountOf('cores'),
    memoryMb: amountOf('memory'),
    ...(custom.length > 0 && { custom: Object.fromEntries(custom) }),
  }
}
