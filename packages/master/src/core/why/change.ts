// The smallest change that would let one executor start.
import {
  addressesOf,
  type ResourceAmounts,
  type Resources,
} from '@hearth/common/domain/resources.ts'
import type { Change, WorkerVerdict } from './explanation.ts'
import { describe, type WaitFacts } from './sentence.ts'

/** `maxCores` is the application's own limit; null when the master's default binds. */
export function smallestChange(facts: WaitFacts, maxCores: number | null): Change | null {
  switch (facts.code) {
    case 'core-limit':
      return raiseLimit(facts, maxCores)
    case 'no-workers':
      return {
        kind: 'add-worker',
        text: `start a worker with at least ${describe(facts.unit)} and this master's address`,
      }
    case 'no-usable-workers':
      return mend(facts.workers)
    case 'too-little-free':
      return fitIn(facts)
    case 'not-stored':
    case 'client-away':
    case 'may-start-now':
      return null
  }
}

function raiseLimit({ unit, coresLeft }: WaitFacts, maxCores: number | null): Change {
  const missing = unit.cores - coresLeft
  const limit =
    maxCores === null
      ? `set spark.cores.max (spark.deploy.defaultCores of the master binds) ${missing} higher`
      : `raise spark.cores.max from ${maxCores} to ${maxCores + missing}`
  const lower = coresLeft > 0 ? `, or lower spark.executor.cores to ${coresLeft}` : ''
  return { kind: 'raise-limit', text: `${limit}${lower}` }
}

function mend(workers: readonly WorkerVerdict[]): Change {
  const broken = workers.find(({ quarantine }) => quarantine !== null)
  if (broken !== undefined) {
    return {
      kind: 'mend',
      text: `mend worker ${broken.workerId} and restart it: ${broken.quarantine}`,
    }
  }
  const text = workers.some(({ verdict }) => verdict === 'backing-off')
    ? 'see why its executors end: `hearth logs` shows what they wrote'
    : 'start another worker'
  return { kind: 'mend', text }
}

// Of all workers that it may use, the one that misses the least, in parts of what is needed.
function fitIn({ kind, unit, workers }: WaitFacts): Change {
  const usable = workers.filter(
    ({ verdict }) => verdict === 'cores' || verdict === 'memory' || verdict.startsWith('custom:'),
  )
  const ever = usable.filter(({ tooSmall }) => tooSmall === null)
  const now = closest(kind, usable, unit, ({ free }) => free)
  if (ever.length === 0) {
    const best = closest(kind, usable, unit, ({ offered }) => offered)
    const missing = best === undefined ? describe(unit) : missingOf(kind, unit, best.offered)
    const lower = best === undefined ? '' : `; ask for less (${lowered(kind, unit, best.offered)})`
    return {
      kind: 'add-worker',
      text: `add a worker with at least ${describe(unit)}: the closest, ${best?.workerId}, would need ${missing} more${lower}`,
    }
  }
  const target = closest(kind, ever, unit, ({ free }) => free)
  const wait = `${target?.workerId} would take ${kind === 'driver' ? 'it' : 'one'} when ${target === undefined ? '' : missingOf(kind, unit, target.free)} more are free there`
  const less = now === undefined ? '' : lowered(kind, unit, now.free)
  return less === ''
    ? { kind: 'wait-or-lower', text: wait }
    : {
        kind: 'wait-or-lower',
        text: `with ${less} it would start now on ${now?.workerId}; ${wait}`,
      }
}

function closest(
  kind: WaitFacts['kind'],
  workers: readonly WorkerVerdict[],
  unit: ResourceAmounts,
  of: (worker: WorkerVerdict) => Resources,
): WorkerVerdict | undefined {
  let best: WorkerVerdict | undefined
  let least = Number.POSITIVE_INFINITY
  for (const worker of workers) {
    const missing = deficits(kind, unit, of(worker)).reduce(
      (sum, one) => sum + one.missing / one.needed,
      0,
    )
    if (missing < least) {
      least = missing
      best = worker
    }
  }
  return best
}

interface Deficit {
  readonly what: string
  readonly key: string
  readonly needed: number
  readonly missing: number
  readonly unit: string
}

function deficits(kind: WaitFacts['kind'], unit: ResourceAmounts, free: Resources): Deficit[] {
  const rows: readonly (readonly [string, string, number, number, string])[] = [
    ['cores', `spark.${kind}.cores`, unit.cores, free.cores, ''],
    ['MiB', `spark.${kind}.memory`, unit.memoryMb, free.memoryMb, 'm'],
    ...Object.entries(unit.custom ?? {}).map(
      ([name, amount]) =>
        [
          name,
          `spark.${kind}.resource.${name}.amount`,
          amount,
          addressesOf(free, name).length,
          '',
        ] as const,
    ),
  ]
  return rows
    .map(([what, key, needed, there, suffix]) => ({
      ...{ what, key, needed, missing: needed - there, unit: suffix },
    }))
    .filter(({ missing }) => missing > 0)
}

function missingOf(kind: WaitFacts['kind'], unit: ResourceAmounts, free: Resources): string {
  return deficits(kind, unit, free)
    .map(({ what, missing }) => `${missing} ${what}`)
    .join(' and ')
}

// The settings with which it would fit; empty when something would have to be none at all.
function lowered(kind: WaitFacts['kind'], unit: ResourceAmounts, free: Resources): string {
  const rows = deficits(kind, unit, free)
  if (rows.some(({ needed, missing }) => missing >= needed)) return ''
  return rows
    .map(({ key, needed, missing, unit: suffix }) => `${key}=${needed - missing}${suffix}`)
    .join(' and ')
}
