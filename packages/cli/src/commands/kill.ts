import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import type { Command } from 'commander'
import { usageFailure } from '../command-failure.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'

/** `hearth kill APP`: ends an application; its executors end and its driver is told. */
export function addKill(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('kill'))
    .description('end an application')
    .argument('<application>', 'its id, for example app-20260101120000-0000')
    .action(async (text: string, flags: MasterUiFlags) => {
      const id = parseApplicationId(text)
      if (id === undefined) throw usageFailure(`'${text}' cannot be the id of an application`)
      const url = new URL(
        `api/v1/applications/${encodeURIComponent(id)}/kill`,
        masterUiUrl(flags, surroundings),
      )
      const reply = jsonOf(url, await request(url, { method: 'POST' }))
      surroundings.out(
        flags.json === true ? `${JSON.stringify(reply, null, 2)}\n` : `killed ${id}\n`,
      )
    })
}
