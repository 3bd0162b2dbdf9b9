// Why an application has less than it wants: one code and the counts behind it, kept by every pass.
import type { ProfileId } from '@hearth/common/domain/descriptions.ts'

/**
 * `not-stored`: its record is being made durable. `client-away`: its client cannot be reached at the
 * moment. `core-limit`: it may take no more cores, and what is left is less than one executor needs.
 * `no-workers`: no worker is alive. `no-usable-workers`: all that are alive are in quarantine, leaving,
 * or kept off after failed launches. `too-little-free`: no worker that it may use has enough free.
 */
export type WaitCode =
  | 'not-stored'
  | 'client-away'
  | 'core-limit'
  | 'no-workers'
  | 'no-usable-workers'
  | 'too-little-free'

/** Workers, by what keeps them from taking one executor; each is counted once. */
export interface WaitCounts {
  readonly alive: number
  readonly cores: number
  readonly memory: number
  readonly custom: number
  /** With room, and kept off by this application after failed launches, or by a driver that they did not take. */
  readonly backingOff: number
  readonly quarantined: number
  readonly decommissioning: number
  /** Registered, its record not yet durable. */
  readonly joining: number
}

export interface Wait {
  readonly code: WaitCode
  /** The first profile that wants more. */
  readonly profile: ProfileId
  readonly counts: WaitCounts
}

/** The reason in a few words; `hearth why` says more. */
export function describeWait({ code, counts }: Wait): string {
  switch (code) {
    case 'not-stored':
      return 'its record is being stored'
    case 'client-away':
      return 'its driver cannot be reached at the moment'
    case 'core-limit':
      return 'it may take no more cores'
    case 'no-workers':
      return 'no worker is there'
    case 'no-usable-workers':
    case 'too-little-free':
      return describeCounts(counts)
  }
}

const WORDS: readonly (readonly [keyof WaitCounts, string])[] = [
  ['cores', 'lack cores'],
  ['memory', 'lack memory'],
  ['custom', 'lack a custom resource'],
  ['backingOff', ''],
  ['quarantined', 'are in quarantine'],
  ['decommissioning', 'are decommissioned'],
  ['joining', 'are still joining'],
]

/** What the workers lack, as a part of a sentence. `backingOff` says why some are kept off. */
export function describeCounts(
  counts: WaitCounts,
  backingOff = 'are left alone after failed launches',
): string {
  const parts = WORDS.filter(([name]) => counts[name] > 0).map(
    ([name, words]) => `${counts[name]} ${name === 'backingOff' ? backingOff : words}`,
  )
  return `of ${counts.alive} workers ${parts.join(', ')}`
}

export const NO_COUNTS = {
  alive: 0,
  cores: 0,
  memory: 0,
  custom: 0,
  backingOff: 0,
  quarantined: 0,
  decommissioning: 0,
  joining: 0,
} satisfies WaitCounts
