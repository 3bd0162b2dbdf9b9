// What is stored of an application.
import type { ProfileId } from '@hearth/common/domain/descriptions.ts'
import type { Application } from './cluster.ts'
import type { ApplicationRecord, ProfileTarget } from './records.ts'

/** The application as it is once its pending targets count. */
export function recordOf(application: Application): ApplicationRecord {
  const targets = new Map<ProfileId, ProfileTarget>()
  for (const { id, executor, target } of application.profiles.values()) {
    if (target !== null) targets.set(id, { id, executor, total: target })
  }
  for (const pending of application.pendingTargets) {
    for (const { id, executor, total } of pending.targets) {
      targets.set(id, { id, executor: targets.get(id)?.executor ?? executor, total })
    }
  }
  const { id, client, description, submittedAt, nextExecutor, failuresInARow } = application
  return {
    ...{ version: 1, kind: 'application', id, client, description, submittedAt },
    ...{ targets: [...targets.values()], nextExecutor, failuresInARow },
  }
}
