// Drivers in cluster mode on the master's pages: a row each, and a page each.
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import { driverLogs } from './driver-json.ts'
import { SPARK_DRIVER_STATES } from '../submission/spark-driver-states.ts'
import { durationText, facts, htmlDocument, link, table } from './html-parts.ts'
import { javaDate } from './java-date.ts'

export interface DriverLists {
  /** In the order of their submission. */
  readonly active: readonly DriverView[]
  /** Oldest first. */
  readonly completed: readonly DriverView[]
}

/** Spark's columns (MasterPage, 3.5 and 4.x), and what each driver says of itself. */
const COLUMNS = [
  'Submission ID',
  'Submitted',
  'Worker',
  'State',
  'Cores',
  'Memory (MiB)',
  'Resources',
  'Main class',
  'Duration',
]

/** Both tables, newest first; nothing on a cluster that has seen no driver, as in Spark. */
export function driverTables({ active, completed }: DriverLists, now: number): string {
  if (active.length === 0 && completed.length === 0) return ''
  const rows = (drivers: readonly DriverView[]) =>
    drivers.toReversed().map((driver) => row(driver, now))
  return [
    table('Running drivers', COLUMNS, rows(active)),
    table('Ended drivers', COLUMNS, rows(completed)),
  ].join('\n')
}

function row(driver: DriverView, now: number): string[] {
  const about = [escapeHtml(stateText(driver)), ...successor(driver)]
  return [
    link(driverPath(driver.id), driver.id),
    escapeHtml(javaDate(driver.submittedAt)),
    workerLink(driver),
    about.join(' '),
    String(driver.resources.cores),
    String(driver.resources.memoryMb),
    escapeHtml(resourcesText(driver)),
    escapeHtml(driver.mainClass),
    lasted(driver, now),
  ]
}

/** The page of one driver: everything that is known of it. */
export function driverPage(driver: DriverView, now: number): string {
  const { runs, supervise, relaunchOf, endedAt, exitCode, message, hint, wait } = driver
  const isOver = endedAt !== null
  const logs = driverLogs(driver, '/logPage/')
  const optional = (name: string, value: string | null): [string, string][] =>
    value === null ? [] : [[name, value]]
  const rows: [string, string][] = [
    ['Name', escapeHtml(driver.name)],
    ['State', escapeHtml(SPARK_DRIVER_STATES[driver.state])],
    ...optional('Waits because', wait === null ? null : escapeHtml(wait.text)),
    ...optional(
      hasOwnCode(driver) ? 'Exit code' : 'Exit code of its last run',
      exitCode === null ? null : String(exitCode),
    ),
    ...optional(
      isOver ? 'Reason' : 'Why its last run ended',
      message === null ? null : escapeHtml(message),
    ),
    ...optional('What to do', hint === null ? null : escapeHtml(hint.text)),
    ['Runs', `${runs}${supervise ? ' (supervised: started again when it fails)' : ''}`],
    ...optional('Took the place of', relaunchOf === null ? null : driverLink(relaunchOf)),
    ...successor(driver).map((text): [string, string] => ['Relaunched', text]),
    ['Worker', workerLink(driver)],
    ...optional(
      'Logs',
      logs === null ? null : `${link(logs.stdout, 'stdout')} ${link(logs.stderr, 'stderr')}`,
    ),
    ...optional('User', escapeHtml(driver.user) || null),
    ['Main class', escapeHtml(driver.mainClass)],
    ['Cores', String(driver.resources.cores)],
    ['Memory', `${driver.resources.memoryMb} MiB`],
    ...optional('Resources', escapeHtml(resourcesText(driver)) || null),
    ['Submitted', escapeHtml(javaDate(driver.submittedAt))],
    ...optional('Ended', endedAt === null ? null : escapeHtml(javaDate(endedAt))),
    ['Duration', lasted(driver, now)],
    ['From a shell', shellCommands(driver)],
  ]
  return htmlDocument(`Driver ${driver.id}`, [`<p>${link('/', 'Master')}</p>`, facts(rows)])
}

/** What answers for an id that is not known. */
export function noDriverPage(id: string): string {
  return htmlDocument('No such driver', [
    `<p>No driver ${escapeHtml(id)} is known here; it may have been forgotten.</p>`,
    `<p>${link('/', 'Master')}</p>`,
  ])
}

function driverPath(id: string): string {
  return `/driver/?${new URLSearchParams({ id }).toString()}`
}

function driverLink(id: string): string {
  return link(driverPath(id), id)
}

/** `RUNNING (run 2)`, `FAILED (exit code 1: …)`, `SUBMITTED (no worker has …)`. */
function stateText(driver: DriverView): string {
  const { state, runs, wait, message, hint, exitCode, endedAt } = driver
  const code = hasOwnCode(driver) ? exitCode : null
  const end = endedAt === null || state === 'finished' ? [] : endTexts(code, message)
  const remarks = [
    ...(endedAt === null && runs > 1 ? [`run ${runs}`] : []),
    ...(wait === null ? [] : [wait.text]),
    ...end,
    ...(hint === null || endedAt === null ? [] : [hint.text]),
  ]
  const word = SPARK_DRIVER_STATES[state]
  return remarks.length === 0 ? word : `${word} (${remarks.join('; ')})`
}

// Of one that was lost, or that goes on, only an earlier run has a code.
function hasOwnCode({ state }: DriverView): boolean {
  return state === 'finished' || state === 'failed' || state === 'killed'
}

function endTexts(exitCode: number | null, message: string | null): string[] {
  const code = exitCode === null ? null : `exit code ${exitCode}`
  // The worker's own sentence may name the code already.
  if (message !== null && new RegExp(`\\bcode ${exitCode}\\b`).test(message)) return [message]
  return [code, message].filter((text) => text !== null)
}

function successor({ relaunchedAs }: DriverView): string[] {
  return relaunchedAs === null ? [] : [`as ${driverLink(relaunchedAs)}`]
}

function workerLink({ workerId, workerWebUiUrl }: DriverView): string {
  return workerId === null ? 'None' : link(workerWebUiUrl ?? '', workerId)
}

function lasted({ submittedAt, endedAt }: DriverView, now: number): string {
  return durationText((endedAt ?? now) - submittedAt)
}

function resourcesText({ addresses }: DriverView): string {
  return Object.entries(addresses)
    .map(([name, ids]) => `${name}: [${ids.join(', ')}]`)
    .join(', ')
}

function shellCommands({ id, endedAt }: DriverView): string {
  const commands = endedAt === null ? ['logs --follow', 'kill'] : ['status', 'logs']
  return commands.map((command) => `<code>hearth ${command} ${escapeHtml(id)}</code>`).join('<br>')
}
