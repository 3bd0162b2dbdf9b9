import {
  formatExecutorId,
  parseApplicationId,
  type ApplicationId,
  type ExecutorNumber,
} from '@hearth/common/domain/ids.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { JsonFields } from './json-fields.ts'

/** What a launched process is for: one executor of one application. */
export interface ProcessKey {
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
}

/** `APPLICATION/NUMBER`: the key as a text, for maps and logs. */
export function formatKey({ applicationId, executor }: ProcessKey): string {
  return formatExecutorId(applicationId, executor)
}

/** Reads a key; the application id is checked because it becomes part of a path. */
export function parseKey(value: unknown): ProcessKey {
  const fields = new JsonFields(value, 'process key')
  const text = fields.text('applicationId')
  const applicationId = parseApplicationId(text)
  if (applicationId === undefined) {
    throw new ProtocolError(`process key: '${text.slice(0, 300)}' cannot be an application id`)
  }
  return { applicationId, executor: fields.integer('executor', { max: 2_147_483_647 }) }
}
