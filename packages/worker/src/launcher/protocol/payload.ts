import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type {
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { JsonFields } from './json-fields.ts'

/** What a worker wanted a process for; the launcher only keeps it, for the next worker. */
export type ProcessPayload = SparkExecutorPayload | SparkDriverPayload

/** Reads the payload of a process; its kind must be the key's, the rest is the worker's own. */
export function parsePayload(key: ProcessKey, fields: JsonFields): ProcessPayload {
  const payload = fields.object('payload')
  if (payload['kind'] !== `spark-${key.kind}`) {
    throw new ProtocolError(`the payload of a ${key.kind} is of another kind`)
  }
  return payload as unknown as ProcessPayload
}
