import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import type { Command } from 'commander'
import { usageFailure } from '../command-failure.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatTable } from '../text-table.ts'
import { formatExplanation } from './why-text.ts'

interface WhyFlags extends MasterUiFlags {
  readonly all?: boolean
}

/** `hearth why [APP]`: why an application waits, or everybody who waits. */
export function addWhy(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('why'))
    .description('say why an application waits, and what would let it start')
    .argument('[application]', 'its id; without one, all that wait are listed')
    .option('--all', 'show every worker, not only the first twenty')
    .action(async (text: string | undefined, flags: WhyFlags) => {
      const base = masterUiUrl(flags, surroundings)
      if (text === undefined) {
        const url = new URL('api/v1/waiting', base)
        const waiting = jsonOf(url, await request(url))
        surroundings.out(isJson(flags) ? json(waiting) : waitingTable(recordsOf(waiting)))
        return
      }
      const id = parseApplicationId(text)
      if (id === undefined) throw usageFailure(`'${text}' cannot be the id of an application`)
      const url = new URL(`api/v1/applications/${encodeURIComponent(id)}/why`, base)
      const explanation = jsonOf(url, await request(url))
      surroundings.out(
        isJson(flags)
          ? json(explanation)
          : formatExplanation(recordOf(explanation), flags.all === true),
      )
    })
}

function isJson({ json: asked }: WhyFlags): boolean {
  return asked === true
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function waitingTable(waiting: readonly JsonRecord[]): string {
  if (waiting.length === 0) return 'nobody waits\n'
  return formatTable(
    ['PLACE', 'ID', 'NAME', 'EXECUTORS', 'WAITS BECAUSE'],
    waiting.map((one) => [
      numberOf(one, 'position'),
      textOf(one, 'applicationId'),
      textOf(one, 'name'),
      numberOf(one, 'executors'),
      textOf(one, 'text'),
    ]),
  )
}
