// An explanation of the master as text for a terminal.
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import { formatDuration, formatMemory, formatTable, printable } from '../text-table.ts'

const MAX_WORKERS = 20

/** The answer first, then what would help, the place in the order and the workers one by one. */
export function formatExplanation(explanation: JsonRecord, showAll: boolean): string {
  const profiles = recordsOf(explanation['profiles'])
  const lines = [
    `${textOf(explanation, 'summary')}.`,
    ...profiles.flatMap((profile) => aboutProfile(profile, profiles.length > 1)),
    ...aboutDelay(explanation['notBeforeMs']),
    ...aboutPlace(recordOf(explanation['place'])),
    ...aboutHolders(recordsOf(explanation['holders']), profiles.length > 0),
    ...recordsOf(explanation['hints']).map((hint) => aboutHint(explanation, hint)),
  ]
  const tables = profiles.map((profile) => `\n${workerTable(profile, showAll)}`)
  return `${lines.map(printable).join('\n')}\n${tables.join('')}`
}

/** The explanation of a driver in the shape of an application's: it wants one thing, as if of one profile. */
export function driverExplanation(explanation: JsonRecord): JsonRecord {
  const { code, change, workers } = explanation
  return { ...explanation, profiles: code === null ? [] : [{ change, workers }] }
}

function aboutDelay(notBeforeMs: unknown): string[] {
  if (typeof notBeforeMs !== 'number' || notBeforeMs <= 0) return []
  return [`Not before ${formatDuration(notBeforeMs + 999)} from now.`]
}

function aboutProfile(profile: JsonRecord, isOneOfMany: boolean): string[] {
  const change = recordOf(profile['change'])
  const name = `Resource profile ${textOf(profile, 'profile')}`
  const lines = isOneOfMany ? [`${name}: ${textOf(profile, 'text')}.`] : []
  if (change['text'] === undefined) return lines
  return [...lines, `Smallest change: ${textOf(change, 'text')}.`]
}

function aboutPlace(place: JsonRecord): string[] {
  const position = numberOf(place, 'position')
  if (position === 0) return []
  const ahead = Array.isArray(place['ahead']) ? place['ahead'].map(String) : []
  const before = ahead.length === 0 ? '' : `; served before it: ${ahead.join(', ')}`
  const more = position - 1 > ahead.length ? ` and ${position - 1 - ahead.length} more` : ''
  return [`Place: ${position} of ${numberOf(place, 'waiting')} that wait${before}${more}.`]
}

function aboutHolders(holders: readonly JsonRecord[], isWaiting: boolean): string[] {
  if (!isWaiting || holders.length === 0) return []
  const list = holders.map(
    (holder) =>
      `${textOf(holder, 'applicationId')} (${textOf(holder, 'name')}) ${numberOf(holder, 'cores')}`,
  )
  return [`Cores are held by: ${list.join(', ')}.`]
}

function aboutHint(explanation: JsonRecord, hint: JsonRecord): string {
  const executor = `${textOf(explanation, 'applicationId')}/${textOf(hint, 'lastExecutor')}`
  const count = numberOf(hint, 'executors')
  const others = count > 1 ? ` and ${count - 1} more` : ''
  return `Executor ${executor} on ${textOf(hint, 'lastWorkerId')}${others} ended: ${textOf(hint, 'text')}.`
}

function workerTable(profile: JsonRecord, showAll: boolean): string {
  const workers = recordsOf(profile['workers'])
  if (workers.length === 0) return ''
  const shown = showAll ? workers : workers.slice(0, MAX_WORKERS)
  const table = formatTable(
    ['WORKER', 'FREE CORES', 'FREE MEMORY', 'FREE CUSTOM', 'VERDICT'],
    shown.map((worker) => {
      const free = recordOf(worker['free'])
      return [
        textOf(worker, 'workerId'),
        numberOf(free, 'cores'),
        formatMemory(numberOf(free, 'memoryMb')),
        customText(recordOf(free['custom'])),
        verdictText(worker),
      ]
    }),
  )
  const left = workers.length - shown.length
  return left > 0 ? `${table}and ${left} more workers; --all shows them\n` : table
}

function customText(custom: JsonRecord): string {
  const kinds = Object.entries(custom).map(([name, addresses]) => {
    return `${name}: ${Array.isArray(addresses) ? addresses.length : 0}`
  })
  return kinds.length === 0 ? '-' : kinds.join(', ')
}

function verdictText(worker: JsonRecord): string {
  const verdict = textOf(worker, 'verdict')
  const quarantine = worker['quarantine']
  if (typeof quarantine === 'string') return `quarantined: ${quarantine}`
  const { tooSmall } = worker
  if (typeof tooSmall === 'string') return `too small (${nameOf(tooSmall)})`
  const isLack = verdict === 'cores' || verdict === 'memory' || verdict.startsWith('custom:')
  if (isLack) return `too little free (${nameOf(verdict)})`
  if (verdict === 'passed-over') return 'did not take it'
  return verdict === 'reserved' ? 'reserved for an executor' : verdict
}

function nameOf(lack: string): string {
  return lack.replace(/^custom:/, '')
}
