// What a worker offers and an executor takes.

/**
 * Custom resources such as GPUs: the addresses of each kind, by its name. An address belongs to one
 * executor at a time. A kind without addresses is left out.
 */
export type ResourceAddresses = Readonly<Record<string, readonly string[]>>

export interface Resources {
  readonly cores: number
  /** MiB. */
  readonly memoryMb: number
  /** Absent when there are none. */
  readonly custom?: ResourceAddresses
}

/** What something needs, before it is known which addresses it gets. */
export interface ResourceAmounts {
  readonly cores: number
  /** MiB. */
  readonly memoryMb: number
  /** Units of each custom resource, by its name; absent when it needs none. */
  readonly custom?: Readonly<Record<string, number>>
}

export const NO_RESOURCES: Resources = { cores: 0, memoryMb: 0 }

// Names end up in file names, JSON keys and options of Spark (`spark.executor.resource.NAME.amount`).
const RESOURCE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/

/** True for what can name a custom resource: letters, digits, `_`, `-`; at most 128 characters. */
export function isResourceName(text: string): boolean {
  return RESOURCE_NAME.test(text)
}

/** Adds up; addresses are joined in order. */
export function addResources(a: Resources, b: Resources): Resources {
  const sum = { cores: a.cores + b.cores, memoryMb: a.memoryMb + b.memoryMb }
  if (a.custom === undefined && b.custom === undefined) return sum
  const entries = [...namesOf(a, b)].map(
    (name) => [name, [...addressesOf(a, name), ...addressesOf(b, name)]] as const,
  )
  return withCustom(sum, entries)
}

/** Takes `b` out of `a`; addresses that `a` does not have are ignored. */
export function subtractResources(a: Resources, b: Resources): Resources {
  const rest = { cores: a.cores - b.cores, memoryMb: a.memoryMb - b.memoryMb }
  if (a.custom === undefined) return rest
  if (b.custom === undefined) return { ...rest, custom: a.custom }
  const entries = [...namesOf(a)].map((name) => {
    const taken = new Set(addressesOf(b, name))
    return [name, addressesOf(a, name).filter((address) => !taken.has(address))] as const
  })
  return withCustom(rest, entries)
}

/** True when `request` can be taken from `free`. */
export function fits(request: ResourceAmounts, free: Resources): boolean {
  if (request.cores > free.cores || request.memoryMb > free.memoryMb) return false
  return request.custom === undefined || missingCustom(request.custom, free) === undefined
}

/** A text that is the same for the same amounts; quick, because it is made for everything that waits. */
export function amountsKey({ cores, memoryMb, custom }: ResourceAmounts): string {
  const counts = `${cores} ${memoryMb}`
  return custom === undefined ? counts : `${counts} ${JSON.stringify(custom)}`
}

/** True when exactly `part`, its addresses included, can be taken from `free`. */
export function contains(free: Resources, part: Resources): boolean {
  if (part.cores > free.cores || part.memoryMb > free.memoryMb) return false
  return [...namesOf(part)].every((name) => {
    const open = new Set(addressesOf(free, name))
    return addressesOf(part, name).every((address) => open.delete(address))
  })
}

/** The first custom resource of which `free` has too few addresses; undefined when there are enough. */
export function missingCustom(
  amounts: Readonly<Record<string, number>>,
  free: Resources,
): string | undefined {
  for (const [name, amount] of Object.entries(amounts)) {
    if (addressesOf(free, name).length < amount) return name
  }
  return undefined
}

/** The addresses of one kind; none for a kind that is not there, whatever its name. */
export function addressesOf({ custom }: Resources, name: string): readonly string[] {
  if (custom === undefined || !Object.hasOwn(custom, name)) return []
  return custom[name] ?? []
}

/** What `amounts` gets out of `free`: the first free addresses of each kind. Call only when it fits. */
export function takeResources(amounts: ResourceAmounts, free: Resources): Resources {
  const { cores, memoryMb, custom } = amounts
  if (custom === undefined) return { cores, memoryMb }
  const entries = Object.entries(custom).map(
    ([name, amount]) => [name, addressesOf(free, name).slice(0, amount)] as const,
  )
  return withCustom({ cores, memoryMb }, entries)
}

/** True when both are the same, addresses in any order. */
export function isSameResources(a: Resources, b: Resources): boolean {
  if (a.cores !== b.cores || a.memoryMb !== b.memoryMb) return false
  for (const name of namesOf(a, b)) {
    const one = [...addressesOf(a, name)].sort()
    const other = [...addressesOf(b, name)].sort()
    if (one.length !== other.length || one.some((address, at) => address !== other[at])) {
      return false
    }
  }
  return true
}

function namesOf(...all: readonly Resources[]): Set<string> {
  return new Set(all.flatMap(({ custom }) => (custom === undefined ? [] : Object.keys(custom))))
}

function withCustom(
  base: { readonly cores: number; readonly memoryMb: number },
  entries: readonly (readonly [string, readonly string[]])[],
): Resources {
  const kept = entries.filter(([, addresses]) => addresses.length > 0)
  return kept.length === 0 ? base : { ...base, custom: Object.fromEntries(kept) }
}
