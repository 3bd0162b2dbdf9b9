// What an id names: an application or a driver. Their patterns can be configured, so the master is asked.
import { isSafeId } from '@hearth/common/domain/ids.ts'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { type JsonRecord, recordOf } from './json-fields.ts'
import { jsonOf, request } from './master-ui.ts'

export type EntityKind = 'application' | 'driver'

const PATHS: Readonly<Record<EntityKind, string>> = {
  application: 'api/v1/applications/',
  driver: 'api/v1/drivers/',
}

/** Its path below a master's web UI. */
export function entityPath(kind: EntityKind, id: string): string {
  return PATHS[kind] + encodeURIComponent(id)
}

export interface Entity {
  readonly kind: EntityKind
  readonly document: JsonRecord
}

/** What the master knows under the id. Throws a {@link CommandFailure} when that is nothing. */
export function findEntity(base: URL, id: string): Promise<Entity> {
  return firstKnown(id, async (kind) => {
    const url = new URL(entityPath(kind, id), base)
    return { kind, document: recordOf(jsonOf(url, await request(url))) }
  })
}

/**
 * Asks for an application and a driver, whichever is likelier first; the other when there is none. The
 * failure, when there is neither, is that of the likelier.
 */
export async function firstKnown<Result>(
  id: string,
  ask: (kind: EntityKind) => Promise<Result>,
): Promise<Result> {
  if (!isSafeId(id)) throw usageFailure(`'${id}' cannot be the id of an application or driver`)
  const [likelier, other]: readonly EntityKind[] = id.startsWith('driver')
    ? ['driver', 'application']
    : ['application', 'driver']
  if (likelier === undefined || other === undefined) throw new TypeError('there are two kinds')
  try {
    return await ask(likelier)
  } catch (error) {
    if (!isUnknown(error)) throw error
    try {
      return await ask(other)
    } catch (second) {
      throw isUnknown(second) ? error : second
    }
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof CommandFailure && error.exitCode === EXIT_NOT_FOUND
}
