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
import { formatDuration, formatMemory, formatTable } from '../text-table.ts'

/** `hearth apps`: the applications that the master knows, running and waiting ones first. */
export function addApps(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('apps'))
    .description('list applications: running and waiting, then completed')
    .action(async (flags: MasterUiFlags) => {
      const url = new URL('json/', masterUiUrl(flags, surroundings))
      const state = recordOf(jsonOf(url, await request(url)))
      const active = recordsOf(state['activeapps'])
      const completed = recordsOf(state['completedapps']).toReversed()
      const applications = [...active, ...completed]
      surroundings.out(
        flags.json === true ? `${JSON.stringify(applications, null, 2)}\n` : table(applications),
      )
    })
}

function table(applications: readonly JsonRecord[]): string {
  if (applications.length === 0) return 'no applications\n'
  return formatTable(
    ['ID', 'NAME', 'USER', 'STATE', 'CORES', 'MEMORY/EXECUTOR', 'DURATION'],
    applications.map((application) => [
      textOf(application, 'id'),
      textOf(application, 'name'),
      textOf(application, 'user'),
      textOf(application, 'state'),
      numberOf(application, 'cores'),
      formatMemory(numberOf(application, 'memoryperexecutor')),
      formatDuration(numberOf(application, 'duration')),
    ]),
  )
}
