// Why a worker cannot take something: the one comparison that placement and its explanation share.
import {
  addressesOf,
  type ResourceAmounts,
  type Resources,
} from '@hearth/common/domain/resources.ts'

/** What a worker has too little of; `custom:NAME` for a custom resource. */
export type Lack = 'cores' | 'memory' | `custom:${string}`

/** The first thing that `free` has too little of for `amounts`; undefined when they fit. */
export function lackOf(amounts: ResourceAmounts, free: Resources): Lack | undefined {
  if (amounts.cores > free.cores) return 'cores'
  if (amounts.memoryMb > free.memoryMb) return 'memory'
  if (amounts.custom === undefined) return undefined
  for (const [name, amount] of Object.entries(amounts.custom)) {
    if (addressesOf(free, name).length < amount) return `custom:${name}`
  }
  return undefined
}
