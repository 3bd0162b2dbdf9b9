import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import { actionToken } from '@hearth/common/runtime/auth/action-token.ts'
import { findSecret } from '@hearth/common/runtime/auth/secret.ts'
import type { Command } from 'commander'
import { usageFailure } from '../command-failure.ts'
import { loadDaemonConfiguration } from '../daemon/daemon-configuration.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'

interface KillFlags extends MasterUiFlags {
  readonly propertiesFile?: string
}

/** `hearth kill APP`: ends an application; its executors end and its driver is told. */
export function addKill(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('kill'))
    .description('end an application')
    .argument('<application>', 'its id, for example app-20260101120000-0000')
    .option(
      '--properties-file <file>',
      'where the secret stands, if not in conf/spark-defaults.conf',
    )
    .action(async (text: string, flags: KillFlags) => {
      const id = parseApplicationId(text)
      if (id === undefined) throw usageFailure(`'${text}' cannot be the id of an application`)
      const url = new URL(
        `api/v1/applications/${encodeURIComponent(id)}/kill`,
        masterUiUrl(flags, surroundings),
      )
      const token = await findToken(flags, surroundings)
      const reply = jsonOf(url, await request(url, { method: 'POST', token }))
      surroundings.out(
        flags.json === true ? `${JSON.stringify(reply, null, 2)}\n` : `killed ${id}\n`,
      )
    })
}

// The secret stands where that of the master stands.
async function findToken(
  { propertiesFile }: KillFlags,
  { environment }: Surroundings,
): Promise<string | undefined> {
  const { secret } = findSecret(
    await loadDaemonConfiguration('SPARK_MASTER_OPTS', propertiesFile, environment),
  )
  return secret === null ? undefined : actionToken(secret)
}
