import { parseApplicationId, parseDriverId } from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { JsonFields } from './json-fields.ts'

const MAX_INT = 2_147_483_647

/**
 * Reads a key; the id in it is checked because it becomes part of a path. Without a kind it is an
 * executor's, out of the process table of a launcher that knew no others.
 */
export function parseKey(value: unknown): ProcessKey {
  const fields = new JsonFields(value, 'process key')
  const kind = fields.has('kind') ? fields.oneOf('kind', ['executor', 'driver']) : 'executor'
  if (kind === 'executor') {
    const applicationId = checked(fields, 'applicationId', parseApplicationId)
    return { kind, applicationId, executor: fields.integer('executor', { max: MAX_INT }) }
  }
  const driverId = checked(fields, 'driverId', parseDriverId)
  return { kind, driverId, attempt: fields.integer('attempt', { max: MAX_INT }) }
}

function checked<Id>(
  fields: JsonFields,
  name: 'applicationId' | 'driverId',
  parse: (text: string) => Id | undefined,
): Id {
  const text = fields.text(name)
  const id = parse(text)
  if (id !== undefined) return id
  throw new ProtocolError(`process key: '${text.slice(0, 300)}' cannot be ${WHAT[name]}`)
}

const WHAT = { applicationId: 'an application id', driverId: 'a driver id' }
