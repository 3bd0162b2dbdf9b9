import { parseIdPattern, type IdPattern } from '@hearth/common/domain/id-pattern.ts'
import {
  formatStamp,
  parseWorkerId,
  type Instant,
  type WorkerId,
} from '@hearth/common/domain/ids.ts'
import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import { WORKER_KEYS } from '../config.ts'

/** `spark.worker.idPattern` (Worker.generateWorkerId, Spark 4.0 to 4.3); a ConfigError for a bad one. */
export function readWorkerIdPattern(text: string): IdPattern {
  const pattern = parseIdPattern(text, ['text', 'text', 'integer'])
  if (typeof pattern !== 'string') return pattern
  throw new ConfigError([`${WORKER_KEYS.idPattern.key}: ${JSON.stringify(text)}: ${pattern}`])
}

/** The id of a worker that starts now; throws when its host makes none that is safe. */
export function newWorkerId(pattern: IdPattern, at: Instant, host: string, port: number): WorkerId {
  const id = parseWorkerId(pattern.format([formatStamp(at), host, port]) ?? '')
  if (id !== undefined) return id
  const key = WORKER_KEYS.idPattern.key
  throw new Error(
    `the host ${host} cannot be part of this worker's id (too long, or odd characters); set ${key} without the second %s`,
  )
}
