// Kinds of executors of one application: what each needs of a worker, and how many are wanted.
import {
  DEFAULT_PROFILE,
  type ApplicationDescription,
  type ExecutorRequest,
  type ProfileId,
} from '@hearth/common/domain/descriptions.ts'
import type { Application, Profile } from './cluster.ts'
import type { RequestedTarget } from './events.ts'
import { unitOf } from './placement/assign-cores.ts'
import type { ProfileTarget } from './records.ts'

/** The profile that an application registers with. */
export function defaultProfile({ executor, executorLimit }: ApplicationDescription): Profile {
  return createProfile(DEFAULT_PROFILE, executor, executorLimit)
}

/**
 * The target with what its profile leaves open taken from the default profile: cores and memory, never
 * custom resources (Spark, ApplicationInfo.createResourceDescForResourceProfile, 3.4 and later).
 */
export function completeTarget(
  { description }: Application,
  { profile, executor, total }: RequestedTarget,
): ProfileTarget {
  const { cores, memoryMb, custom } = executor
  return {
    id: profile,
    executor: {
      cores: cores ?? description.executor.cores,
      memoryMb: memoryMb ?? description.executor.memoryMb,
      ...(custom === undefined ? {} : { custom }),
    },
    total,
  }
}

/** Sets how many executors of a profile are wanted. A profile is what it was when it was first named. */
export function setTarget(application: Application, { id, executor, total }: ProfileTarget): void {
  const { profiles } = application
  const known = profiles.get(id)
  if (known !== undefined) {
    known.target = total
    return
  }
  const sorted = [...profiles.values(), createProfile(id, executor, total)].sort(
    (a, b) => a.id - b.id,
  )
  profiles.clear()
  for (const profile of sorted) profiles.set(profile.id, profile)
}

function createProfile(id: ProfileId, executor: ExecutorRequest, target: number | null): Profile {
  return { id, executor, shape: shapeOf(executor), target, live: 0 }
}

function shapeOf(executor: ExecutorRequest): string {
  const { cores, memoryMb, custom } = unitOf(executor)
  const kinds =
    custom === undefined
      ? ''
      : JSON.stringify(Object.entries(custom).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${cores} ${memoryMb} ${kinds}`
}
