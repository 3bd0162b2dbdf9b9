import type { Command } from 'commander'
import { entityPath, firstKnown } from '../master/find-entity.ts'
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
import { driverExplanation, formatExplanation } from './why-text.ts'

interface WhyFlags extends MasterUiFlags {
  readonly all?: boolean
}

/** `hearth why [ID]`: why an application or driver waits, or everybody who waits. */
export function addWhy(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('why'))
    .description('say why an application or driver waits, and what would let it start')
    .argument('[id]', 'its id; without one, all that wait are listed')
    .option('--all', 'show every worker, not only the first twenty')
    .action(async (text: string | undefined, flags: WhyFlags) => {
      const base = masterUiUrl(flags, surroundings)
      if (text === undefined) {
        const [applications, drivers] = await Promise.all([
          waitingAt(new URL('api/v1/waiting', base)),
          waitingAt(new URL('api/v1/waiting/drivers', base)),
        ])
        const waiting = [...applications, ...drivers]
        surroundings.out(isJson(flags) ? json(waiting) : waitingTables(applications, drivers))
        return
      }
      const { kind, document } = await firstKnown(text, async (tried) => {
        const url = new URL(`${entityPath(tried, text)}/why`, base)
        return { kind: tried, document: recordOf(jsonOf(url, await request(url))) }
      })
      if (isJson(flags)) {
        surroundings.out(json(document))
        return
      }
      const explanation = kind === 'driver' ? driverExplanation(document) : document
      surroundings.out(formatExplanation(explanation, flags.all === true))
    })
}

async function waitingAt(url: URL): Promise<readonly JsonRecord[]> {
  return recordsOf(jsonOf(url, await request(url)))
}

function isJson({ json: asked }: WhyFlags): boolean {
  return asked === true
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function waitingTables(
  applications: readonly JsonRecord[],
  drivers: readonly JsonRecord[],
): string {
  const tables = [
    ...(applications.length === 0 ? [] : [applicationTable(applications)]),
    ...(drivers.length === 0 ? [] : [driverTable(drivers)]),
  ]
  return tables.length === 0 ? 'nobody waits\n' : tables.join('\n')
}

function applicationTable(waiting: readonly JsonRecord[]): string {
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

function driverTable(waiting: readonly JsonRecord[]): string {
  return formatTable(
    ['PLACE', 'DRIVER', 'NAME', 'STATE', 'WAITS BECAUSE'],
    waiting.map((one) => [
      numberOf(one, 'position'),
      textOf(one, 'driverId'),
      textOf(one, 'name'),
      textOf(one, 'state').toUpperCase(),
      textOf(one, 'text'),
    ]),
  )
}
