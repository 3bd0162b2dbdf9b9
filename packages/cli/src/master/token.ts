// What proves to a master that this command may act: a token of Hearth's, or the secret of the cluster.
import { actionToken } from '@hearth/common/runtime/auth/action-token.ts'
import { readSecretFile } from '@hearth/common/runtime/auth/secret-file.ts'
import { findSecret } from '@hearth/common/runtime/auth/secret.ts'
import { Option, type Command } from 'commander'
import { loadDaemonConfiguration } from '../daemon/daemon-configuration.ts'
import type { Surroundings } from '../surroundings.ts'

export const TOKEN_VARIABLE = 'HEARTH_TOKEN'

export interface TokenFlags {
  readonly tokenFile?: string
  readonly propertiesFile?: string
}

/** There is no flag for the token itself: every user of a machine can read a command line. */
export function addTokenFlag(command: Command): Command {
  return command.addOption(
    new Option('--token-file <file>', `a file with the token to show (else ${TOKEN_VARIABLE})`),
  )
}

/**
 * The token of `--token-file` or HEARTH_TOKEN; else what proves the secret, which is looked for where that of
 * the master stands; undefined when there is neither. Throws a ConfigError as `readSecretFile` does.
 */
export async function findToken(
  { tokenFile, propertiesFile }: TokenFlags,
  { environment }: Pick<Surroundings, 'environment'>,
): Promise<string | undefined> {
  if (tokenFile !== undefined) return readSecretFile(tokenFile)
  const token = environment[TOKEN_VARIABLE]
  if (token !== undefined && token !== '') return token
  const { secret } = findSecret(
    await loadDaemonConfiguration('SPARK_MASTER_OPTS', propertiesFile, environment),
  )
  return secret === null ? undefined : actionToken(secret)
}
