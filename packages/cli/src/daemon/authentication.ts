import {
  AUTH_KEYS,
  authSettingsOf,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { findSecret } from '@hearth/common/runtime/auth/secret.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import type { DaemonConfiguration } from './daemon-configuration.ts'

export interface Authentication {
  /** What peers must prove, and how; null when nothing is asked of them. */
  readonly auth: AuthSettings | null
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

/** The secret and all that goes with it. Throws a ConfigError as `findSecret` and `readConfig` do. */
export function findAuthentication(configuration: DaemonConfiguration): Authentication {
  const config = readConfig(AUTH_KEYS, configuration.properties)
  const { secret, notices, warnings } = findSecret(configuration)
  return { auth: authSettingsOf(config, secret), notices, warnings }
}

/** What the log says about a daemon on an address that others reach and where nothing is asked of them. */
export const INSECURE_WARNING =
  'insecure: there is no secret, and whoever reaches this address can run any command on the cluster'
