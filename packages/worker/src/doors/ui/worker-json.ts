// `/json` of a worker, with the names and types of Spark's JsonProtocol.writeWorkerState (3.5 to 4.3).
import { addressesOf, type Resources } from '@hearth/common/domain/resources.ts'
import type { ExecutorView, WorkerView } from '../../core/views.ts'

export function workerJson(view: WorkerView): Record<string, unknown> {
  return {
    id: view.workerId,
    masterurl: view.masterUrl ?? '',
    masterwebuiurl: view.masterWebUiUrl ?? '',
    cores: view.offered.cores,
    coresused: view.used.cores,
    memory: view.offered.memoryMb,
    memoryused: view.used.memoryMb,
    resources: kindsJson(view.offered, view.offered),
    resourcesused: kindsJson(view.offered, view.used),
    executors: view.executors.map(executorJson),
    finishedexecutors: view.finishedExecutors.map(executorJson),
  }
}

function executorJson({ key, resources, caption, hint }: ExecutorView): Record<string, unknown> {
  const { memoryMb, custom = {} } = resources
  // The application's description is not kept here; what it asks for is what its executors get.
  const perExecutor = Object.entries(custom).map(([name, { length }]) => ({ name, amount: length }))
  return {
    id: key.executor,
    memory: memoryMb,
    resources: kindsJson(resources, resources),
    appid: key.applicationId,
    appdesc: {
      name: caption.name,
      // The application's limit, not this executor's share; 0 when it has none.
      cores: caption.maxCores ?? 0,
      memoryperexecutor: memoryMb,
      resourcesperexecutor: perExecutor,
      memoryperslave: memoryMb,
      resourcesperslave: perExecutor,
      user: caption.user,
      command: caption.command,
    },
    // Not Spark's, and only where there is one.
    ...(hint !== null && { hint }),
  }
}

// One entry for each kind of `all`, with the addresses that `some` has of it: ResourceInformation.
function kindsJson(all: Resources, some: Resources): Record<string, unknown> {
  const names = Object.keys(all.custom ?? {})
  return Object.fromEntries(
    names.map((name) => [name, { name, addresses: addressesOf(some, name) }]),
  )
}
