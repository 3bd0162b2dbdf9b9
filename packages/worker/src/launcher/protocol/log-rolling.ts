import {
  ROLLED_NAMES,
  type LogRolling,
  type RollingStrategy,
} from '@hearth/common/domain/log-rolling.ts'
import { JsonFields } from './json-fields.ts'

/** Reads how a process's logs are to be rolled; ProtocolError names what is wrong. */
export function parseLogRolling(value: unknown): LogRolling {
  const fields = new JsonFields(value, 'log rolling')
  return {
    strategy: parseStrategy(new JsonFields(fields.object('strategy'), 'strategy of log rolling')),
    maxRetainedFiles:
      fields.integerOrNull('maxRetainedFiles') === null
        ? null
        : fields.integer('maxRetainedFiles', { min: 1 }),
    compress: fields.boolean('compress'),
  }
}

function parseStrategy(fields: JsonFields): RollingStrategy {
  const by = fields.oneOf('by', ['size', 'time'])
  if (by === 'size') return { by, maxBytes: fields.integer('maxBytes', { min: 1 }) }
  return {
    by,
    intervalMs: fields.integer('intervalMs', { min: 1 }),
    names: fields.oneOf('names', ROLLED_NAMES),
  }
}
