// Every message between a worker and a master that concerns executors, by its name.
import {
  executorStateChanged,
  type ExecutorStateChanged,
} from './from-worker/executor-state-changed.ts'
import { heartbeat, type Heartbeat } from './from-worker/heartbeat.ts'
import { registerWorker, type RegisterWorker } from './from-worker/register-worker.ts'
import {
  workerDecommissioning,
  type WorkerDecommissioning,
} from './from-worker/worker-decommissioning.ts'
import { workerLatestState, type WorkerLatestState } from './from-worker/worker-latest-state.ts'
import {
  workerSchedulerStateResponse,
  type WorkerSchedulerStateResponse,
} from './from-worker/worker-scheduler-state-response.ts'
import type { MessageCodec } from './message-codec.ts'
import { applicationFinished, type ApplicationFinished } from './to-worker/application-finished.ts'
import { decommissionWorker, type DecommissionWorker } from './to-worker/decommission-worker.ts'
import { killExecutor, type KillExecutor } from './to-worker/kill-executor.ts'
import { launchExecutor, type LaunchExecutor } from './to-worker/launch-executor.ts'
import { masterInStandby, type MasterInStandby } from './to-worker/master-in-standby.ts'
import { reconnectWorker, type ReconnectWorker } from './to-worker/reconnect-worker.ts'
import {
  registerWorkerFailed,
  type RegisterWorkerFailed,
} from './to-worker/register-worker-failed.ts'
import { registeredWorker, type RegisteredWorker } from './to-worker/registered-worker.ts'

/** What workers and masters say to each other about executors; MasterChanged goes to drivers, too. */
export type WorkerMasterMessage =
  | RegisterWorker
  | WorkerLatestState
  | Heartbeat
  | ExecutorStateChanged
  | WorkerSchedulerStateResponse
  | WorkerDecommissioning
  | RegisteredWorker
  | RegisterWorkerFailed
  | MasterInStandby
  | ReconnectWorker
  | LaunchExecutor
  | KillExecutor
  | ApplicationFinished
  | DecommissionWorker

export const WORKER_MASTER_CODECS: {
  readonly [Type in WorkerMasterMessage['type']]: MessageCodec<
    Extract<WorkerMasterMessage, { type: Type }>
  >
} = {
  RegisterWorker: registerWorker,
  WorkerLatestState: workerLatestState,
  Heartbeat: heartbeat,
  ExecutorStateChanged: executorStateChanged,
  WorkerSchedulerStateResponse: workerSchedulerStateResponse,
  WorkerDecommissioning: workerDecommissioning,
  RegisteredWorker: registeredWorker,
  RegisterWorkerFailed: registerWorkerFailed,
  MasterInStandby: masterInStandby,
  ReconnectWorker: reconnectWorker,
  LaunchExecutor: launchExecutor,
  KillExecutor: killExecutor,
  ApplicationFinished: applicationFinished,
  DecommissionWorker: decommissionWorker,
}
