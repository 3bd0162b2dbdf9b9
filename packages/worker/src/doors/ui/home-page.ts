// A plain page of the worker: tables that work in any browser, without a script.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import { formatExecutorId } from '@hearth/common/domain/ids.ts'
import { addressesOf, subtractResources, type Resources } from '@hearth/common/domain/resources.ts'
import { describeInsecurity, type Protection } from '@hearth/common/runtime/auth/protection.ts'
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import type { DriverView, ExecutorView, ProcessView, WorkerView } from '../../core/views.ts'
import { htmlDocument, link } from './html-document.ts'
import { logUrl } from './log-request.ts'

export function homePage(view: WorkerView, protection: Protection): string {
  const address = formatHostPort({ host: view.host, port: view.launcherPort })
  const title = `Hearth worker at ${address}`
  const { offered, used } = view
  const facts = [
    ['ID', escapeHtml(view.workerId)],
    ['Master', masterLink(view)],
    ...(view.decommissioning ? [['State', 'DECOMMISSIONED']] : []),
    ['Cores', `${offered.cores} (${used.cores} used)`],
    ['Memory', `${offered.memoryMb} MiB (${used.memoryMb} MiB used)`],
    ...resourceFacts(view),
  ]
  const insecurity = describeInsecurity(protection)
  const finished = view.finishedExecutors.toReversed()
  const finishedDrivers = view.finishedDrivers.toReversed()
  return htmlDocument(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      insecurity === undefined ? '' : `<p><strong>${escapeHtml(insecurity)}</strong></p>`,
      `<ul>${facts.map(([name, value]) => `<li><b>${name}:</b> ${value}</li>`).join('')}</ul>`,
      executorTable('Running Executors', view.executors),
      finished.length > 0 ? executorTable('Finished Executors', finished) : '',
      view.drivers.length > 0 ? driverTable('Running Drivers', view.drivers) : '',
      finishedDrivers.length > 0 ? driverTable('Finished Drivers', finishedDrivers) : '',
    ].join(''),
  )
}

function masterLink({ masterUrl, masterWebUiUrl }: WorkerView): string {
  return masterUrl === null ? 'not registered' : link(masterWebUiUrl ?? '', masterUrl)
}

// In the words of Spark's worker page (StandaloneResourceUtils.formatResourcesDetails).
function resourceFacts({ offered, used }: WorkerView): [string, string][] {
  const free = subtractResources(offered, used)
  const kinds = Object.keys(offered.custom ?? {}).map((name) => {
    const [open, taken] = [addressesOf(free, name), addressesOf(used, name)]
    return `${name}: Free: [${open.join(', ')}] / Used: [${taken.join(', ')}]`
  })
  return kinds.length === 0 ? [] : [['Resources', escapeHtml(kinds.join(', '))]]
}

const EXECUTOR_COLUMNS = [
  ...['Executor', 'State', 'Cores', 'Memory', 'Resources'],
  ...['Application', 'User', 'Logs'],
]

function executorTable(title: string, executors: readonly ExecutorView[]): string {
  const rows = executors.map((executor) => {
    const { key, caption } = executor
    return [
      escapeHtml(formatExecutorId(key.applicationId, key.executor)),
      ...commonCells(executor),
      escapeHtml(caption.name),
      escapeHtml(caption.user),
      logLinks(executor),
    ]
  })
  return table(title, EXECUTOR_COLUMNS, rows)
}

const DRIVER_COLUMNS = [
  ...['Driver', 'State', 'Cores', 'Memory', 'Resources'],
  ...['Run', 'Main Class', 'Logs'],
]

function driverTable(title: string, drivers: readonly DriverView[]): string {
  const rows = drivers.map((driver) => {
    const { key, caption } = driver
    return [
      escapeHtml(key.driverId),
      ...commonCells(driver),
      String(key.attempt),
      escapeHtml(caption.name),
      logLinks(driver),
    ]
  })
  return table(title, DRIVER_COLUMNS, rows)
}

function table(title: string, columns: readonly string[], rows: readonly string[][]): string {
  const head = columns.map((column) => `<th>${column}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
  return `<h2>${title} (${rows.length})</h2><table><tr>${head}</tr>${body.join('')}</table>`
}

function commonCells({ state, resources, exitCode, message, hint }: ProcessView): string[] {
  const how = message ?? (exitCode === null ? '' : `exit code ${exitCode}`)
  const end = hint === null ? how : `${how} (${hint.text})`
  return [
    escapeHtml(end === '' ? state : `${state}: ${end}`),
    String(resources.cores),
    `${resources.memoryMb} MiB`,
    escapeHtml(formatAddresses(resources)),
  ]
}

function logLinks({ key }: ProcessView): string {
  const types = ['stdout', 'stderr'] as const
  return types
    .map((logType) => link(logUrl('/logPage/', { owner: key, logType }), logType))
    .join(' ')
}

function formatAddresses({ custom = {} }: Resources): string {
  const kinds = Object.entries(custom)
  return kinds.map(([name, addresses]) => `${name}: [${addresses.join(', ')}]`).join(', ')
}
