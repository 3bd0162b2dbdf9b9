import { formatHostPort, formatMasterUrl } from '@hearth/common/domain/addresses.ts'
import { protectionOf } from '@hearth/common/runtime/auth/protection.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { startMaster } from '@hearth/master/main.ts'
import type { Surroundings } from '../surroundings.ts'
import { INSECURE_WARNING } from './authentication.ts'
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
  const { notices, warnings, ...settings } = masterSettings(flags, configuration)
  const log = createLog({ name: 'master' })
  for (const notice of notices) log.info(notice)
  for (const warning of [...configuration.warnings, ...warnings]) log.warn(warning)
  if (protectionOf(settings.host, settings.auth) === 'insecure') {
    log.warn({ host: settings.host }, INSECURE_WARNING)
  }
  return runDaemon(
    log,
    () =>
      startMaster({
        ...settings,
        properties: configuration.properties,
        environment: configuration.environment,
        log,
      }),
    (master) => ({
      address: formatHostPort(master.address),
      url: formatMasterUrl(master.address),
      webUiUrl: master.webUiUrl,
      restUrl: master.restUrl,
    }),
  )
}
