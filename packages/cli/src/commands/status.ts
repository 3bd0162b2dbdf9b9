import type { Command } from 'commander'
import { isOver, stateWord } from '../master/driver-document.ts'
import { findEntity } from '../master/find-entity.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import { type MasterUiFlags, addMasterUiFlags, masterUiUrl } from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatMemory, printable } from '../text-table.ts'
import { durationOf } from './drivers.ts'

/** `hearth status ID`: everything the master knows of a driver, or the outline of an application. */
export function addStatus(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('status'))
    .description('say how a driver or an application is')
    .argument('<id>', 'its id, as hearth submit, drivers or apps print it')
    .action(async (id: string, flags: MasterUiFlags) => {
      const { kind, document } = await findEntity(masterUiUrl(flags, surroundings), id)
      if (flags.json === true) surroundings.out(`${JSON.stringify(document, null, 2)}\n`)
      else surroundings.out(facts(kind === 'driver' ? aboutDriver(document) : aboutApp(document)))
    })
}

type Fact = readonly [name: string, value: string]

function facts(rows: readonly Fact[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join('')
}

function aboutDriver(driver: JsonRecord): Fact[] {
  const over = isOver(driver)
  const resources = recordOf(driver['resources'])
  const logs = recordOf(driver['logs'])
  const runs = textOf(driver, 'runs')
  return [
    ['driver', textOf(driver, 'id')],
    ['name', textOf(driver, 'name')],
    ['state', stateWord(driver)],
    ...given('waits because', recordOf(driver['wait'])['text']),
    ...given(isOwnCode(driver) ? 'exit code' : 'last exit code', driver['exitCode']),
    ...given(over ? 'reason' : 'last reason', driver['message']),
    ...given('what to do', recordOf(driver['hint'])['text']),
    ['runs', driver['supervise'] === true ? `${runs} (supervised)` : runs],
    ...given('took place of', driver['relaunchOf']),
    ...given('relaunched as', driver['relaunchedAs']),
    ...given('worker', driver['workerId']),
    ...given('stdout', logs['stdout']),
    ...given('stderr', logs['stderr']),
    ['main class', textOf(driver, 'mainClass')],
    ...given('user', driver['user']),
    ['cores', textOf(resources, 'cores')],
    ['memory', formatMemory(numberOf(resources, 'memoryMb'))],
    ...addressFacts(recordOf(driver['addresses'])),
    ['submitted', dateOf(driver, 'submittedAt')],
    ...(over ? [['ended', dateOf(driver, 'endedAt')] as const] : []),
    ['duration', durationOf(driver)],
  ]
}

// Of one that was lost, or that goes on, only an earlier run has a code.
function isOwnCode({ state }: JsonRecord): boolean {
  return state === 'finished' || state === 'failed' || state === 'killed'
}

function aboutApp(application: JsonRecord): Fact[] {
  const executors = recordsOf(application['executors'])
  const live = executors.filter(({ state }) => state === 'running' || state === 'launching')
  return [
    ['application', textOf(application, 'id')],
    ['name', textOf(application, 'name')],
    ['state', stateWord(application)],
    ...given('waits because', recordOf(application['wait'])['text']),
    ...given('reason', application['endReason']),
    ['user', textOf(application, 'user')],
    ['cores', textOf(application, 'coresGranted')],
    ['executors', String(live.length)],
    ['submitted', dateOf(application, 'submittedAt')],
    ...(typeof application['endedAt'] === 'number'
      ? [['ended', dateOf(application, 'endedAt')] as const]
      : []),
  ]
}

function given(name: string, value: unknown): Fact[] {
  const isThere = (typeof value === 'string' && value !== '') || typeof value === 'number'
  return isThere ? [[name, String(value)]] : []
}

function addressFacts(addresses: JsonRecord): Fact[] {
  return Object.entries(addresses).map(([name, ids]) => [
    name,
    Array.isArray(ids) ? ids.map(String).join(', ') : '-',
  ])
}

function dateOf(record: JsonRecord, field: string): string {
  const at = record[field]
  return typeof at === 'number' ? new Date(at).toISOString() : '-'
}
