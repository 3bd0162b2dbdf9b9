import type { Command } from 'commander'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatMemory, formatTable } from '../text-table.ts'

/** `hearth workers`: the workers that the master knows and what is in use on each. */
export function addWorkers(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('workers'))
    .description('list workers and what is in use on each')
    .action(async (flags: MasterUiFlags) => {
      const url = new URL('json/', masterUiUrl(flags, surroundings))
      const state = recordOf(jsonOf(url, await request(url)))
      const workers = recordsOf(state['workers'])
      surroundings.out(
        flags.json === true ? `${JSON.stringify(workers, null, 2)}\n` : table(workers),
      )
    })
}

function table(workers: readonly JsonRecord[]): string {
  if (workers.length === 0) return 'no workers\n'
  return formatTable(
    ['ID', 'STATE', 'CORES', 'MEMORY', 'WEB UI'],
    workers.map((worker) => [
      textOf(worker, 'id'),
      textOf(worker, 'state'),
      `${numberOf(worker, 'coresused')} of ${numberOf(worker, 'cores')}`,
      `${formatMemory(numberOf(worker, 'memoryused'))} of ${formatMemory(numberOf(worker, 'memory'))}`,
      textOf(worker, 'webuiaddress'),
    ]),
  )
}
