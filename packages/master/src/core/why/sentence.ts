// The reason why a profile waits, in words.
import type { ResourceAmounts } from '@hearth/common/domain/resources.ts'
import type { ProfileExplanation, Verdict, WorkerVerdict } from './explanation.ts'

export interface WaitFacts {
  readonly kind: 'executor' | 'driver'
  readonly code: ProfileExplanation['code']
  /** What one executor takes at least. */
  readonly unit: ResourceAmounts
  /** Cores that the application may still take; may be infinite. */
  readonly coresLeft: number
  readonly workers: readonly WorkerVerdict[]
  readonly counts: Readonly<Partial<Record<Verdict, number>>>
}

export function sentenceOf(facts: WaitFacts): string {
  const { kind, code, unit, coresLeft, workers } = facts
  const one = kind === 'driver' ? 'it' : 'one executor'
  const size = kind === 'driver' ? `its ${describe(unit)}` : `one executor of ${describe(unit)}`
  switch (code) {
    case 'not-stored':
      return 'its record is still being written to the store'
    case 'client-away':
      return 'its driver cannot be reached at the moment; executors would not find it'
    case 'core-limit':
      return `it may take ${coresLeft} more cores and one executor needs ${unit.cores}`
    case 'no-workers':
      return workers.length === 0
        ? 'no worker is registered'
        : `none of the ${workers.length} workers is connected`
    case 'no-usable-workers':
      return `none of the ${workers.length} workers may be used for it (${listCounts(facts)})`
    case 'too-little-free':
      return workers.some(({ tooSmall }) => tooSmall === null)
        ? `no worker that it may use has ${describe(unit)} free for ${one} (${listCounts(facts)})`
        : `no worker is large enough for ${size} (${listTooSmall(facts)})`
    case 'may-start-now':
      return `${facts.counts.fits ?? 0} workers could take ${kind === 'driver' ? 'it' : 'an executor'}; the next placement will`
  }
}

/** `2 cores, 1024 MiB, 1 gpu`. */
export function describe({ cores, memoryMb, custom = {} }: ResourceAmounts): string {
  const kinds = Object.entries(custom).map(([name, amount]) => `${amount} ${name}`)
  return [`${cores} ${cores === 1 ? 'core' : 'cores'}`, `${memoryMb} MiB`, ...kinds].join(', ')
}

const WORDS: Readonly<Record<string, string>> = {
  cores: 'with too few cores free',
  memory: 'with too little memory free',
  'backing-off': 'left alone for a while after launches of it failed there',
  reserved: 'whose room executors need',
  quarantined: 'in quarantine',
  decommissioning: 'decommissioned',
  joining: 'still joining',
  away: 'not connected',
  fits: 'with enough',
}

function listTooSmall({ workers }: WaitFacts): string {
  const counts = new Map<string, number>()
  for (const { tooSmall } of workers) {
    const what = tooSmall?.replace(/^custom:/, '') ?? 'nothing'
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => `${count} with too little ${what}`).join(', ')
}

function listCounts({ counts }: WaitFacts): string {
  return Object.entries(counts)
    .map(([verdict, count]) => {
      const custom = verdict.startsWith('custom:') ? verdict.slice('custom:'.length) : undefined
      return `${count} ${custom === undefined ? (WORDS[verdict] ?? verdict) : `with too few ${custom} free`}`
    })
    .join(', ')
}
