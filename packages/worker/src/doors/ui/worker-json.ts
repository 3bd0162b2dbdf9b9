// `/json` of a worker, with the names and types of Spark's JsonProtocol.writeWorkerState (3.5 to 4.3).
import { addressesOf, type Resources } from '@hearth/common/domain/resources.ts'
import type { DriverView, ExecutorView, WorkerView } from '../../core/views.ts'

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
    // Spark's worker shows none of them here; so they are there only where there are some.
    ...(view.drivers.length > 0 && { drivers: view.drivers.map(driverJson) }),
    ...(view.finishedDrivers.length > 0 && {
      finisheddrivers: view.finishedDrivers.map(driverJson),
    }),
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

// With the names of the master's JSON (JsonProtocol.writeDriverInfo, 3.5 to 4.3), as far as a worker knows.
function driverJson(driver: DriverView): Record<string, unknown> {
  const { key, state, resources, caption, exitCode, message, hint } = driver
  return {
    id: key.driverId,
    state: state === 'exited' && exitCode !== 0 ? 'FAILED' : STATE_NAMES[state],
    cores: resources.cores,
    memory: resources.memoryMb,
    resources: kindsJson(resources, resources),
    mainclass: caption.name,
    // Not Spark's.
    run: key.attempt,
    ...(exitCode !== null && { exitcode: exitCode }),
    ...(message !== null && { message }),
    ...(hint !== null && { hint }),
  }
}

// DriverState has no names for a run that exited with a code, or that went with its worker.
const STATE_NAMES: Readonly<Record<DriverView['state'], string>> = {
  launching: 'SUBMITTED',
  running: 'RUNNING',
  exited: 'FINISHED',
  failed: 'ERROR',
  killed: 'KILLED',
  lost: 'UNKNOWN',
}

// One entry for each kind of `all`, with the addresses that `some` has of it: ResourceInformation.
function kindsJson(all: Resources, some: Resources): Record<string, unknown> {
  const names = Object.keys(all.custom ?? {})
  return Object.fromEntries(
    names.map((name) => [name, { name, addresses: addressesOf(some, name) }]),
  )
}
