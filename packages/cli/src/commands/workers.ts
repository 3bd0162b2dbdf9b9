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
      const base = masterUiUrl(flags, surroundings)
      const url = new URL('json/', base)
      const state = recordOf(jsonOf(url, await request(url)))
      const workers = recordsOf(state['workers'])
      if (flags.json === true) {
        surroundings.out(`${JSON.stringify(workers, null, 2)}\n`)
        return
      }
      const views = new URL('api/v1/workers', base)
      surroundings.out(table(workers, recordsOf(jsonOf(views, await request(views)))))
    })
}

// `views` holds what Spark's document has no place for.
function table(workers: readonly JsonRecord[], views: readonly JsonRecord[]): string {
  if (workers.length === 0) return 'no workers\n'
  const remarks = new Map(views.map((view) => [textOf(view, 'id'), remarkOf(view)]))
  const columns: readonly Column[] = [
    ['ID', (worker) => textOf(worker, 'id')],
    ['STATE', (worker) => textOf(worker, 'state')],
    ['CORES', (worker) => `${numberOf(worker, 'coresused')} of ${numberOf(worker, 'cores')}`],
    ['MEMORY', memoryOf],
    ['CUSTOM', customOf],
    ['WEB UI', (worker) => textOf(worker, 'webuiaddress')],
    ['REMARKS', (worker) => remarks.get(textOf(worker, 'id')) ?? ''],
  ]
  const shown = columns.filter(
    ([heading, of]) => !OPTIONAL.includes(heading) || workers.some((worker) => of(worker) !== ''),
  )
  return formatTable(
    shown.map(([heading]) => heading),
    workers.map((worker) => shown.map(([, of]) => of(worker))),
  )
}

type Column = readonly [heading: string, of: (worker: JsonRecord) => string]

/** Shown where any worker has something to show. */
const OPTIONAL: readonly string[] = ['CUSTOM', 'REMARKS']

function memoryOf(worker: JsonRecord): string {
  return `${formatMemory(numberOf(worker, 'memoryused'))} of ${formatMemory(numberOf(worker, 'memory'))}`
}

function customOf(worker: JsonRecord): string {
  const used = recordOf(worker['resourcesused'])
  const kinds = Object.entries(recordOf(worker['resources'])).map(
    ([name, kind]) => `${name}: ${count(used[name])} of ${count(kind)}`,
  )
  return kinds.join(', ')
}

function count(kind: unknown): number {
  const { addresses } = recordOf(kind)
  return Array.isArray(addresses) ? addresses.length : 0
}

function remarkOf(view: JsonRecord): string {
  const reason = recordOf(view['quarantine'])['reason']
  return typeof reason === 'string' ? `in quarantine: ${reason}` : ''
}
