import {
  isResourceName,
  type ResourceAddresses,
  type Resources,
} from '@hearth/common/domain/resources.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { JsonFields } from './json-fields.ts'

/** Reads the resources of a process out of its fields; ProtocolError names what is wrong. */
export function parseResources(fields: JsonFields): Resources {
  const cores = fields.integer('cores')
  const memoryMb = fields.integer('memoryMb')
  if (!fields.has('custom')) return { cores, memoryMb }
  return { cores, memoryMb, custom: parseAddresses(fields.object('custom')) }
}

/** The resources alone, without whatever else the object holds. */
export function pickResources({ cores, memoryMb, custom }: Resources): Resources {
  return { cores, memoryMb, ...(custom !== undefined && { custom }) }
}

function parseAddresses(value: Readonly<Record<string, unknown>>): ResourceAddresses {
  const kinds = new JsonFields(value, 'custom resources')
  const names = Object.keys(value)
  const odd = names.find((name) => !isResourceName(name))
  if (odd !== undefined) {
    throw new ProtocolError(`'${odd.slice(0, 300)}' cannot name a custom resource`)
  }
  return Object.fromEntries(names.map((name) => [name, kinds.texts(name)]))
}
