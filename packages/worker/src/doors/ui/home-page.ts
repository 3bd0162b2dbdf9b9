// A plain page of the worker: tables that work in any browser, without a script.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import { formatExecutorId } from '@hearth/common/domain/ids.ts'
import { addressesOf, subtractResources, type Resources } from '@hearth/common/domain/resources.ts'
import { describeInsecurity, type Protection } from '@hearth/common/runtime/auth/protection.ts'
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import type { ExecutorView, WorkerView } from '../../core/views.ts'
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
  return htmlDocument(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      insecurity === undefined ? '' : `<p><strong>${escapeHtml(insecurity)}</strong></p>`,
      `<ul>${facts.map(([name, value]) => `<li><b>${name}:</b> ${value}</li>`).join('')}</ul>`,
      executorTable('Running Executors', view.executors),
      finished.length > 0 ? executorTable('Finished Executors', finished) : '',
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

const COLUMNS = [
  ...['Executor', 'State', 'Cores', 'Memory', 'Resources'],
  ...['Application', 'User', 'Logs'],
]

function executorTable(title: string, executors: readonly ExecutorView[]): string {
  const head = COLUMNS.map((column) => `<th>${column}</th>`).join('')
  const rows = executors.map((executor) => `<tr>${cells(executor).map(cell).join('')}</tr>`)
  return `<h2>${title} (${executors.length})</h2><table><tr>${head}</tr>${rows.join('')}</table>`
}

function cells({
  key,
  state,
  resources,
  caption,
  exitCode,
  message,
  hint,
}: ExecutorView): string[] {
  const how = message ?? (exitCode === null ? '' : `exit code ${exitCode}`)
  const end = hint === null ? how : `${how} (${hint.text})`
  const logs = (['stdout', 'stderr'] as const).map((logType) =>
    link(logUrl('/logPage/', { ...key, logType }), logType),
  )
  return [
    escapeHtml(formatExecutorId(key.applicationId, key.executor)),
    escapeHtml(end === '' ? state : `${state}: ${end}`),
    String(resources.cores),
    `${resources.memoryMb} MiB`,
    escapeHtml(formatAddresses(resources)),
    escapeHtml(caption.name),
    escapeHtml(caption.user),
    logs.join(' '),
  ]
}

function formatAddresses({ custom = {} }: Resources): string {
  const kinds = Object.entries(custom)
  return kinds.map(([name, addresses]) => `${name}: [${addresses.join(', ')}]`).join(', ')
}

function cell(html: string): string {
  return `<td>${html}</td>`
}
