// The signal that takes a worker out of service: a cloud's notice that the machine ends soon, or
// Spark's decommission-worker.sh.
import type { Logger } from '@hearth/common/runtime/log.ts'
import { WORKER_KEYS, type WorkerConfig } from '../config.ts'

export interface DecommissionSignalOptions {
  readonly config: Pick<WorkerConfig, 'decommissionEnabled' | 'decommissionSignal'>
  readonly onRequested: (signal: string) => void
  readonly log: Logger
}

/**
 * Handles the configured signal from now on, whether decommission is enabled or not: unhandled, it would
 * end the process. Returns what stops that.
 */
export function watchDecommissionSignal(options: DecommissionSignalOptions): () => void {
  const { config, onRequested, log } = options
  // Every choice of the key is one that Node can handle.
  const signal = `SIG${config.decommissionSignal}` as NodeJS.Signals
  const onSignal = () => {
    if (config.decommissionEnabled) return onRequested(signal)
    log.warn(
      `${signal} ignored: this worker is not decommissioned; set ${WORKER_KEYS.decommissionEnabled.key}=true if it should be`,
    )
  }
  process.on(signal, onSignal)
  return () => void process.off(signal, onSignal)
}
