import { protectionOf } from '@hearth/common/runtime/auth/protection.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { startWorker } from '@hearth/worker/main.ts'
import type { Surroundings } from '../surroundings.ts'
import { INSECURE_WARNING } from './authentication.ts'
import { loadDaemonConfiguration } from './daemon-configuration.ts'
import { runDaemon } from './run-daemon.ts'
import { type WorkerFlags, workerSettings } from './worker-settings.ts'

/** Runs a worker in the foreground; resolves with the exit status when it has stopped. */
export async function runWorker(
  masterUrl: string,
  flags: WorkerFlags,
  surroundings: Surroundings,
): Promise<number> {
  const configuration = await loadDaemonConfiguration(
    'SPARK_WORKER_OPTS',
    flags.propertiesFile,
    surroundings.environment,
  )
  const { notices, warnings, ...settings } = workerSettings(masterUrl, flags, configuration)
  const log = createLog({ name: 'worker' })
  for (const notice of notices) log.info(notice)
  for (const warning of [...configuration.warnings, ...warnings]) log.warn(warning)
  if (protectionOf(settings.host, settings.auth) === 'insecure') {
    log.warn({ host: settings.host }, INSECURE_WARNING)
  }
  const { environment, properties } = configuration
  return runDaemon(
    log,
    () => startWorker({ ...settings, environment, properties, log }),
    (worker) => ({
      workerId: worker.workerId,
      webUiUrl: worker.webUiUrl,
      launcherPort: worker.launcherPort,
    }),
  )
}
