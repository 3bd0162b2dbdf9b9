import type { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { describeDriver, driverPath, successorOf } from '../master/driver-document.ts'
import { type EntityKind, entityPath, firstKnown } from '../master/find-entity.ts'
import { recordOf } from '../master/json-fields.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import { addTokenFlag, findToken, type TokenFlags } from '../master/token.ts'
import type { Surroundings } from '../surroundings.ts'

type KillFlags = MasterUiFlags & TokenFlags

const DONE: Readonly<Record<EntityKind, (id: string) => string>> = {
  application: (id) => `killed ${id}`,
  // Its process gets time to end: that it was asked to is all that is known now.
  driver: (id) => `${id} is told to end; 'hearth status ${id}' says when it has`,
}

/** `hearth kill ID`: ends an application or a driver. */
export function addKill(program: Command, surroundings: Surroundings): void {
  addTokenFlag(addMasterUiFlags(program.command('kill')))
    .description('end an application or a driver')
    .argument('<id>', 'its id, for example app-20260101120000-0000')
    .option(
      '--properties-file <file>',
      'where the secret stands, if not in conf/spark-defaults.conf',
    )
    .action(async (id: string, flags: KillFlags) => {
      const base = masterUiUrl(flags, surroundings)
      const token = await findToken(flags, surroundings)
      const { kind, reply } = await firstKnown(id, async (tried) => {
        const url = new URL(`${entityPath(tried, id)}/kill`, base)
        const answer = await request(url, { method: 'POST', token })
        if (tried === 'driver' && answer.status === 404) await throwIfOver(base, id)
        return { kind: tried, reply: jsonOf(url, answer) }
      })
      surroundings.out(
        flags.json === true ? `${JSON.stringify(reply, null, 2)}\n` : `${DONE[kind](id)}\n`,
      )
    })
}

// What cannot be ended may be a driver that is over: then its end says more than that it is unknown.
async function throwIfOver(base: URL, id: string): Promise<void> {
  const url = new URL(driverPath(id), base)
  const answer = await request(url)
  if (answer.status !== 200) return
  const driver = recordOf(jsonOf(url, answer))
  const successor = successorOf(driver)
  throw new CommandFailure(`there is nothing to end: ${describeDriver(driver)}`, {
    exitCode: EXIT_NOT_FOUND,
    ...(successor !== undefined && { hint: `'hearth kill ${successor}' ends its successor` }),
  })
}
