// The parameters of `/log` and `/logPage`, as Spark's log links have them (LogPage, 3.5 to 4.3).
import { parseApplicationId, parseDriverId } from '@hearth/common/domain/ids.ts'
import type { ProcessOwner } from '@hearth/common/domain/process-key.ts'

export const LOG_TYPES = ['stdout', 'stderr'] as const
export type LogType = (typeof LOG_TYPES)[number]

export interface LogName {
  readonly owner: ProcessOwner
  readonly logType: LogType
}

export interface LogRequest extends LogName {
  /** First byte; null for the tail of the file. */
  readonly offset: number | null
  readonly byteLength: number
}

export type Query = Readonly<Record<string, unknown>>

export const DEFAULT_BYTE_LENGTH = 100 * 1024
/** More is cut: an answer is held in memory as a whole. */
export const MAX_BYTE_LENGTH = 1024 * 1024

/** Reads a request, or says in a sentence what is wrong with it. */
export function parseLogRequest(query: Query): LogRequest | string {
  const logType = LOG_TYPES.find((type) => type === query['logType'])
  if (logType === undefined) return `logType must be one of ${LOG_TYPES.join(', ')}`
  const owner = parseOwner(query)
  if (typeof owner === 'string') return owner
  const offset = query['offset'] === undefined ? null : integerOf(query['offset'])
  if (offset === undefined) return 'offset must be a number of bytes'
  const byteLength = integerOf(query['byteLength'] ?? String(DEFAULT_BYTE_LENGTH))
  if (byteLength === undefined) return 'byteLength must be a number of bytes'
  const bounded = Math.min(byteLength, MAX_BYTE_LENGTH)
  return { owner, logType, offset, byteLength: bounded }
}

function parseOwner(query: Query): ProcessOwner | string {
  if (query['driverId'] !== undefined) {
    if (query['appId'] !== undefined) return 'appId and driverId name two logs; leave one out'
    const driverId = parseDriverId(textOf(query['driverId']))
    return driverId === undefined ? 'driverId must name a driver' : { kind: 'driver', driverId }
  }
  const applicationId = parseApplicationId(textOf(query['appId']))
  if (applicationId === undefined) return 'appId must name an application, or driverId a driver'
  const executor = integerOf(query['executorId'])
  if (executor === undefined) return 'executorId must be the number of an executor'
  return { kind: 'executor', applicationId, executor }
}

/** The link to a log, or to a part of it; the inverse of {@link parseLogRequest}. */
export function logUrl(
  path: '/log/' | '/logPage/',
  { owner, logType }: LogName,
  range?: { readonly offset: number; readonly byteLength: number },
): string {
  const parameters = new URLSearchParams({
    ...(owner.kind === 'executor'
      ? { appId: owner.applicationId, executorId: String(owner.executor) }
      : { driverId: owner.driverId }),
    logType,
    ...(range && { offset: String(range.offset), byteLength: String(range.byteLength) }),
  })
  return `${path}?${parameters.toString()}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

// Negative offsets are clamped to the file's start, as Spark does.
function integerOf(value: unknown): number | undefined {
  const text = textOf(value)
  return /^-?\d{1,15}$/.test(text) ? Math.max(0, Number(text)) : undefined
}
