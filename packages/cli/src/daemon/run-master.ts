import { formatHostPort, formatMasterUrl, isLoopback } from '@hearth/common/domain/addresses.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { startMaster } from '@hearth/master/main.ts'
import type { Surroundings } from '../surroundings.ts'
import { loadDaemonConfiguration } from './daemon-configuration.ts'
import { type MasterFlags, masterSettings } from './master-settings.ts'
import { runDaemon } from './run-daemon.ts'

/** Runs a master in the foreground; resolves with the exit status when it has stopped. */
export async function runMaster(flags: MasterFlags, surroundings: Surroundings): Promise<number> {
  const configuration = await loadDaemonConfiguration(
    'SPARK_MASTER_OPTS',
    flags.propertiesFile,
    surroundings.environment,
  )
  const settings = masterSettings(flags, configuration)
  const log = createLog({ name: 'master' })
  for (const warning of configuration.warnings) log.warn(warning)
  if (!isLoopback(settings.host)) {
    log.warn({ host: settings.host }, 'insecure: whoever reaches this address can run any command')
  }
  return runDaemon(
    log,
    () => startMaster({ ...settings, properties: configuration.properties, log }),
    (master) => ({
      address: formatHostPort(master.address),
      url: formatMasterUrl(master.address),
      webUiUrl: master.webUiUrl,
    }),
  )
}
