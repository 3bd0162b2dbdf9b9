// One placement pass: drivers first, then applications in the order of their registration, their profiles by id. Each
// takes what it can get; what it does not get, and why, is noted.
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { isBackingOff, isBackingOffAnywhere } from './backoff.ts'
import {
  coreLimit,
  isAdmitted,
  type Application,
  type Cluster,
  type Profile,
  type Worker,
} from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { launchExecutor } from './executors.ts'
import { assignCores, type Demand, type Shortage } from './placement/assign-cores.ts'
import { addLacks, countPool, waitCodeOf } from './placement/pool-counts.ts'
import {
  describeWait,
  NO_COUNTS,
  type Wait,
  type WaitCode,
  type WaitCounts,
} from './placement/wait.ts'
import { placeDrivers } from './drivers/driver-placement.ts'

/** True when the batch of events that ends may have made room for somebody, or let somebody in. */
export function isPlacementDue({ placementDue, newcomers }: Cluster): boolean {
  return placementDue || newcomers.length > 0
}

/** One pass for the whole batch of events that made it due. */
export function onPlacementDue(cluster: Cluster, now: Now, out: Out): void {
  if (!isPlacementDue(cluster)) return
  const { newcomers } = cluster
  const isForAll = cluster.placementDue
  cluster.placementDue = false
  cluster.newcomers = []
  if (!isForAll && !placeNewcomers(cluster, newcomers, now, out)) return
  placeDrivers(cluster, now, out)
  const pass = new PlacementPass(cluster, now, out)
  for (const application of cluster.applications.values()) pass.place(application)
}

// Whoever was there, driver or application, got all that it could when it was last looked at, and a newcomer
// frees nothing: to look at a thousand that wait for each that joins them would be for nothing. True when
// the newcomers have taken something, so that what the others wait for is no longer what it was.
function placeNewcomers(
  cluster: Cluster,
  newcomers: readonly Application[],
  now: Now,
  out: Out,
): boolean {
  const pass = new PlacementPass(cluster, now, out)
  for (const application of newcomers) pass.place(application)
  return newcomers.some(({ executors }) => executors.size > 0)
}

/** How many more executors of the profile its application wants; infinite when nothing limits them. */
export function wantedExecutors({ target, live }: Profile): number {
  return target === null ? Number.POSITIVE_INFINITY : Math.max(0, target - live)
}

/** Why the application gets nothing whatever is free; undefined when it may be placed. */
export function blockOf(application: Application): WaitCode | undefined {
  if (!isAdmitted(application)) return 'not-stored'
  // Its executors would not find a driver.
  return application.peer === null ? 'client-away' : undefined
}

class PlacementPass {
  readonly #cluster: Cluster
  readonly #now: Now
  readonly #out: Out
  // What is free only shrinks within a pass: what nobody could take once, nobody can take later.
  readonly #dry = new Map<string, Wait>()
  #pool: WaitCounts | undefined

  constructor(cluster: Cluster, now: Now, out: Out) {
    this.#cluster = cluster
    this.#now = now
    this.#out = out
  }

  place(application: Application): void {
    if (isApplicationOver(application.state)) return
    const block = blockOf(application)
    let wait: Wait | null = null
    for (const profile of application.profiles.values()) {
      if (wantedExecutors(profile) < 1) continue
      const reason =
        block === undefined
          ? this.#placeProfile(application, profile)
          : { code: block, profile: profile.id, counts: NO_COUNTS }
      wait ??= isMissed(profile) ? reason : null
    }
    application.wait = wait
    this.#note(application)
  }

  // One that runs nothing yet is what people ask about; one that grows and shrinks waits all the time.
  #note(application: Application): void {
    const { id, wait, executors } = application
    if (executors.size > 0) application.notedWait = null
    if (wait === null || executors.size > 0 || application.notedWait === wait.code) return
    application.notedWait = wait.code
    const text = `application ${id} waits: ${describeWait(wait)}; \`hearth why ${id}\` says more`
    this.#out.push({ type: 'note', level: 'info', about: `application:${id}`, text })
  }

  // Returns why it did not get all, if it did not.
  #placeProfile(application: Application, profile: Profile): Wait | null {
    const { order, settings } = this.#cluster
    const unit = profile.executor.cores ?? 1
    const coresLeft = coreLimit(this.#cluster, application) - application.coresHeld
    if (coresLeft < unit) return { code: 'core-limit', profile: profile.id, counts: NO_COUNTS }
    const dry = this.#dry.get(profile.shape)
    if (dry !== undefined) {
      // Nearly always the same profile: nothing is made anew for each of a thousand that wait.
      return dry.profile === profile.id ? dry : { ...dry, profile: profile.id }
    }
    const hasExclusions = isBackingOffAnywhere(application, this.#now)
    const demand: Demand<Worker> = {
      executor: profile.executor,
      coresLeft,
      executorsLeft: wantedExecutors(profile),
      ...(hasExclusions && {
        isExcluded: (worker) => isBackingOff(application, worker, this.#now),
      }),
    }
    const { assigned, shortage } = assignCores(demand, order, settings.spreadOut)
    for (const { worker, cores, executors } of assigned) {
      for (let count = 0; count < executors; count += 1) {
        const launch = { application, worker, profile, cores: profile.executor.cores ?? cores }
        launchExecutor(this.#cluster, launch, this.#now, this.#out)
      }
    }
    const isServed =
      wantedExecutors(profile) < 1 ||
      coreLimit(this.#cluster, application) - application.coresHeld < unit
    if (isServed) return null
    const wait = this.#waitOf(profile, shortage)
    // Others may get what this one keeps off.
    if (assigned.length === 0 && !hasExclusions) this.#dry.set(profile.shape, wait)
    return wait
  }

  #waitOf(profile: Profile, shortage: Shortage): Wait {
    this.#pool ??= countPool(this.#cluster)
    const counts = addLacks(this.#cluster, this.#pool, shortage)
    return { code: waitCodeOf(counts), profile: profile.id, counts }
  }
}

// An application without a number of executors takes what there is; once it has some, it does not wait.
function isMissed({ target, live }: Profile): boolean {
  return target !== null || live === 0
}
