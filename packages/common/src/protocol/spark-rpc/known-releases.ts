import { fieldOf, isObject } from '../java-serialization/fields.ts'
import type { SparkApplicationDescription } from './messages/application-description.ts'

// ResourceProfile is compiled to another serialVersionUID in every release, which makes it the best
// mark of one. Read from the released jars.
const RESOURCE_PROFILE_UIDS: ReadonlyMap<bigint, string> = new Map([
  [6_817_910_790_482_746_242n, '3.5.9 (Scala 2.12)'],
  [-7_395_610_577_463_317_059n, '3.5.9 (Scala 2.13)'],
  [-6_369_593_179_083_993_645n, '4.0.1'],
  [-2_517_983_430_696_660_228n, '4.1.4'],
  [-1_872_747_411_836_192_885n, '4.3.0'],
])

/** What tells a driver's release apart, and which one it is when its class versions are known. */
export interface ReleaseMark {
  readonly fingerprint: bigint
  readonly release: string | undefined
}

/** The mark of the release that made this description; undefined when it has none. */
export function releaseMarkOf({ graph }: SparkApplicationDescription): ReleaseMark | undefined {
  const profile = fieldOf(graph, 'defaultProfile')
  if (!isObject(profile)) return undefined
  const fingerprint = profile.descriptor.uid
  return { fingerprint, release: RESOURCE_PROFILE_UIDS.get(fingerprint) }
}
