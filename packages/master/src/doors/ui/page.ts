// A plain page of the cluster: tables that work in any browser, without a script.
import { describeInsecurity, type Protection } from '@hearth/common/runtime/auth/protection.ts'
import { addressesOf } from '@hearth/common/domain/resources.ts'
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import type { ApplicationView, ClusterView, WorkerView } from '../../core/views.ts'
import { driverTables } from './driver-page.ts'
import { htmlDocument, link, table } from './html-parts.ts'
import { applicationJson, workerState, type MasterJson } from './json.ts'

export function clusterPage(view: ClusterView, master: MasterJson, protection: Protection): string {
  const { cores, memoryMb } = view.offered
  const title = `Hearth master at ${master.masterUrl}`
  const summary = `${master.status}; ${view.used.cores} of ${cores} cores and ${view.used.memoryMb} of ${memoryMb} MiB in use`
  const insecurity = describeInsecurity(protection)
  const drivers = { active: view.activeDrivers, completed: view.completedDrivers }
  return htmlDocument(title, [
    `<p>${escapeHtml(summary)}</p>`,
    master.restUrl ? `<p>${escapeHtml(`REST: ${master.restUrl} (cluster mode)`)}</p>` : '',
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
    driverTables(drivers, master.now),
    table(
      'Ended applications',
      APPLICATION_COLUMNS,
      view.completed.toReversed().map((one) => row(one, master)),
    ),
  ])
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
