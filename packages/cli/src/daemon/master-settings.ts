import { DEFAULT_MASTER_PORT } from '@hearth/common/domain/addresses.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { findAuthentication } from './authentication.ts'
import { LISTEN_KEYS } from './config-tables.ts'
import type { DaemonConfiguration } from './daemon-configuration.ts'
import { LOOPBACK, checkExposure } from './exposure.ts'
import { firstSet, portFrom } from './flags.ts'

export interface MasterFlags {
  readonly host?: string
  readonly ip?: string
  readonly port?: string
  readonly webuiPort?: string
  readonly propertiesFile?: string
  readonly insecure?: boolean
}

export interface MasterSettings {
  readonly host: string
  readonly port: number
  readonly webUiPort: number
  readonly publicHost?: string
  readonly auth: AuthSettings | null
  /** What the log should say at the start. */
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

const DEFAULT_UI_PORT = 8080

/**
 * Where a master listens and what its peers must prove: flags win over variables; Spark's key for the UI
 * port wins over both.
 */
export function masterSettings(
  flags: MasterFlags,
  configuration: DaemonConfiguration,
): MasterSettings {
  const { environment, properties } = configuration
  const host = firstSet([
    { name: '--host', text: flags.host },
    { name: '--ip', text: flags.ip },
    { name: 'SPARK_MASTER_HOST', text: environment['SPARK_MASTER_HOST'] },
  ])
  const port = portFrom(
    [
      { name: '--port', text: flags.port },
      { name: 'SPARK_MASTER_PORT', text: environment['SPARK_MASTER_PORT'] },
    ],
    DEFAULT_MASTER_PORT,
  )
  const webUiPort = portFrom(
    [
      { name: '--webui-port', text: flags.webuiPort },
      { name: 'SPARK_MASTER_WEBUI_PORT', text: environment['SPARK_MASTER_WEBUI_PORT'] },
    ],
    DEFAULT_UI_PORT,
  )
  const publicHost = firstSet([
    { name: 'SPARK_PUBLIC_DNS', text: environment['SPARK_PUBLIC_DNS'] },
  ])?.text
  const authentication = findAuthentication(configuration)
  return {
    ...authentication,
    host: checkExposure(host?.text ?? LOOPBACK, {
      hasSecret: authentication.auth !== null,
      insecure: flags.insecure === true,
    }),
    port,
    webUiPort: readConfig(LISTEN_KEYS, properties).masterUiPort ?? webUiPort,
    ...(publicHost !== undefined && { publicHost }),
  }
}
