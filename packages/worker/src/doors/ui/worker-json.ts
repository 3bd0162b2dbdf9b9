// `/json` of a worker, with the names and types of Spark's JsonProtocol.writeWorkerState (3.5 to 4.3).
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
    resources: {},
    resourcesused: {},
    executors: view.executors.map(executorJson),
    finishedexecutors: view.finishedExecutors.map(executorJson),
  }
}

function executorJson({ key, resources, caption }: ExecutorView): Record<string, unknown> {
  const { memoryMb } = resources
  return {
    id: key.executor,
    memory: memoryMb,
    resources: {},
    appid: key.applicationId,
    appdesc: {
      name: caption.name,
      // The application's limit, not this executor's share; 0 when it has none.
      cores: caption.maxCores ?? 0,
      memoryperexecutor: memoryMb,
      resourcesperexecutor: [],
      memoryperslave: memoryMb,
      resourcesperslave: [],
      user: caption.user,
      command: caption.command,
    },
  }
}
