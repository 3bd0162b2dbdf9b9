// Answers "why is my job waiting?" when somebody asks, with the same comparison that placement uses.
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { isBackingOff } from '../backoff.ts'
import { coreLimit, type Application, type Cluster, type Profile } from '../cluster.ts'
import type { Now } from '../events.ts'
import { unitOf } from '../placement/assign-cores.ts'
import { blockOf, wantedExecutors } from '../scheduling.ts'
import { smallestChange } from './change.ts'
import type { Explanation, HintSeen, Holder, Place, ProfileExplanation } from './explanation.ts'
import { sentenceOf } from './sentence.ts'
import { codeOfVerdicts, countVerdicts, judgeWorkers } from './verdicts.ts'

const MAX_AHEAD = 10
const MAX_HOLDERS = 5

/** The explanation for the application with this id; undefined when it is unknown or forgotten. */
export function explain(cluster: Cluster, id: string, now: Now): Explanation | undefined {
  const application =
    [...cluster.applications.values()].find((one) => one.id === id) ??
    cluster.completed.find((one) => one.id === id)
  if (application === undefined) return undefined
  const isOver = isApplicationOver(application.state)
  const profiles = isOver
    ? []
    : [...application.profiles.values()]
        .filter((profile) => isWanting(cluster, application, profile))
        .map((profile) => explainProfile(cluster, application, profile, now))
  return {
    applicationId: application.id,
    name: application.description.name,
    state: application.state,
    summary: summaryOf(application, profiles),
    profiles,
    place: profiles.length === 0 ? null : placeOf(cluster, application),
    holders: isOver ? [] : holdersOf(cluster),
    hints: hintsOf(application),
    failuresInARow: application.failuresInARow,
  }
}

// One that takes what there is does not wait once it has something.
function isWanting(cluster: Cluster, application: Application, profile: Profile): boolean {
  if (wantedExecutors(profile) < 1) return false
  if (profile.live === 0) return true
  if (profile.target === null) return false
  const unit = unitOf(profile.executor).cores
  return coreLimit(cluster, application) - application.coresHeld >= unit
}

function explainProfile(
  cluster: Cluster,
  application: Application,
  profile: Profile,
  now: Now,
): ProfileExplanation {
  const unit = unitOf(profile.executor)
  const coresLeft = coreLimit(cluster, application) - application.coresHeld
  const workers = judgeWorkers(cluster, unit, (worker) =>
    isBackingOff(application, worker, now) ? 'backing-off' : undefined,
  )
  const counts = countVerdicts(workers)
  const code =
    blockOf(application) ??
    (coresLeft < unit.cores ? 'core-limit' : codeOfVerdicts(workers, counts))
  const facts = { kind: 'executor', code, unit, coresLeft, workers, counts } as const
  return {
    profile: profile.id,
    executor: profile.executor,
    live: profile.live,
    target: profile.target,
    code,
    text: sentenceOf(facts),
    counts,
    workers,
    change: smallestChange(facts, application.description.maxCores),
  }
}

function summaryOf(application: Application, profiles: readonly ProfileExplanation[]): string {
  const { id, state, endReason, executors } = application
  if (isApplicationOver(state)) return `${id} does not wait: it is over (${state}: ${endReason})`
  const [first] = profiles
  if (first !== undefined) return `${id} waits: ${first.text}`
  const running = [...executors.values()].filter((one) => one.state === 'running').length
  if (executors.size > 0) {
    return `${id} does not wait: it has all the executors it asked for or may have (${executors.size}, ${running} of them running)`
  }
  return `${id} does not wait for the pool: its driver asks for no executors at the moment (dynamic allocation)`
}

function placeOf(cluster: Cluster, application: Application): Place {
  const ahead: string[] = []
  let position = 0
  let waiting = 0
  for (const other of cluster.applications.values()) {
    if (other !== application && other.wait === null) continue
    waiting += 1
    if (other === application) position = waiting
    else if (position === 0 && ahead.length < MAX_AHEAD) ahead.push(other.id)
  }
  return { position, waiting, ahead }
}

function holdersOf(cluster: Cluster): Holder[] {
  return [...cluster.applications.values()]
    .filter(({ coresHeld }) => coresHeld > 0)
    .sort((a, b) => b.coresHeld - a.coresHeld)
    .slice(0, MAX_HOLDERS)
    .map(({ id, description, coresHeld }) => ({
      applicationId: id,
      name: description.name,
      cores: coresHeld,
    }))
}

function hintsOf(application: Application): HintSeen[] {
  const seen = new Map<string, HintSeen>()
  for (const { hint, number, workerId } of application.endedExecutors) {
    if (hint === null) continue
    const executors = (seen.get(hint.code)?.executors ?? 0) + 1
    seen.set(hint.code, { ...hint, executors, lastExecutor: number, lastWorkerId: workerId })
  }
  return [...seen.values()]
}
