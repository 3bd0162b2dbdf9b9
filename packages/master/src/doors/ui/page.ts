// A plain page of the cluster: tables that work in any browser, without a script.
import { describeInsecurity, type Protection } from '@hearth/common/runtime/auth/protection.ts'
import { addressesOf } from '@hearth/common/domain/resources.ts'
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import type { ApplicationView, ClusterView, WorkerView } from '../../core/views.ts'
import { applicationJson, workerState, type MasterJson } from './json.ts'

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse;margin-bottom:2rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}th{font-weight:600}'

export function clusterPage(view: ClusterView, master: MasterJson, protection: Protection): string {
  const { cores, memoryMb } = view.offered
  const title = `Hearth master at ${master.masterUrl}`
  const summary = `${master.status}; ${view.used.cores} of ${cores} cores and ${view.used.memoryMb} of ${memoryMb} MiB in use`
  const insecurity = describeInsecurity(protection)
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(summary)}</p>`,
    insecurity === undefined ? '' : `<p><strong>${escapeHtml(insecurity)}</strong></p>`,
    table(
      'Workers',
      ['Worker', 'Address', 'State', 'Cores', 'Memory (MiB)', 'Custom resources', 'Remarks'],
      view.workers.map(workerRow),
    ),
    table(
      'Running applications',
      APPLICATION_COLUMNS,
      view.active.map((one) => row(one, master)),
    ),
    table(
      'Ended applications',
      APPLICATION_COLUMNS,
      view.completed.toReversed().map((one) => row(one, master)),
    ),
    '</html>',
  ].join('\n')
}

const APPLICATION_COLUMNS = [
  'Application',
  'Name',
  'User',
  'State',
  'Cores',
  'Memory per executor (MiB)',
  'Submitted',
]

function workerRow(worker: WorkerView): string[] {
  const { offered, used, quarantine } = worker
  const kinds = Object.keys(offered.custom ?? {}).map(
    (name) => `${name}: ${addressesOf(used, name).length} of ${addressesOf(offered, name).length}`,
  )
  return [
    link(worker.webUiUrl, worker.id),
    escapeHtml(`${worker.host}:${worker.port}`),
    escapeHtml(workerState(worker)),
    escapeHtml(`${used.cores} of ${offered.cores}`),
    escapeHtml(`${used.memoryMb} of ${offered.memoryMb}`),
    escapeHtml(kinds.join(', ')),
    escapeHtml(quarantine === null ? '' : `in quarantine: ${quarantine.reason}`),
  ]
}

function row(view: ApplicationView, master: MasterJson): string[] {
  const json = applicationJson(view, master.now)
  const why = view.endReason ?? (view.wait === null ? null : view.wait.text)
  const state = why === null ? '' : ` (${why})`
  return [
    escapeHtml(view.id),
    view.endedAt === null ? link(view.uiUrl, view.name) : escapeHtml(view.name),
    escapeHtml(view.user),
    escapeHtml(`${String(json['state'])}${state}`),
    escapeHtml(String(view.coresGranted)),
    escapeHtml(String(view.memoryMbPerExecutor)),
    escapeHtml(String(json['submitdate'])),
  ]
}

// Names and addresses come from drivers and workers: only http addresses become links.
function link(url: string, text: string): string {
  const label = escapeHtml(text)
  return /^https?:\/\//.test(url) ? `<a href="${escapeHtml(url)}">${label}</a>` : label
}

function table(title: string, columns: readonly string[], rows: readonly string[][]): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
  return `<h2>${escapeHtml(title)} (${rows.length})</h2><table><tr>${head}</tr>${body.join('')}</table>`
}
