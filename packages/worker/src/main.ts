// The worker's public face: what the command line and tests start.
export { startWorker, type RunningWorker, type WorkerOptions } from './shell/worker.ts'
