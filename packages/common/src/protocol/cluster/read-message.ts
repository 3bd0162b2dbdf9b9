import type { Static, TLiteral, TObject, TSchema, TUnion } from 'typebox'
import { Compile } from 'typebox/compile'
import { ProtocolError } from '../protocol-error.ts'

/** A message, told from the others by its literal `type`. */
type MessageSchema = TObject<{ type: TLiteral<string> }>

const MAX_SHOWN_LENGTH = 100

/**
 * A function that returns the value when it is one of the union's messages, and throws a ProtocolError
 * that names the field when it is not. It looks at each field once: an explanation by the schema library
 * costs seconds for a document with a million faults.
 */
export function messageReader<Messages extends MessageSchema[]>(
  union: TUnion<Messages>,
): (value: unknown) => Static<TUnion<Messages>> {
  const byType = new Map(
    union.anyOf.map((schema) => [schema.properties.type.const, compile(schema)] as const),
  )
  return (value) => {
    const fields = fieldsOf(value)
    const type = fields['type']
    const known = typeof type === 'string' ? byType.get(type) : undefined
    if (known === undefined) {
      throw refused(typeof type === 'string' ? `type ${shown(type)} is unknown` : 'it has no type')
    }
    const wrong = known.find(({ name, isFine }) => !isFine(fields, name))
    if (wrong === undefined) return value as Static<TUnion<Messages>>
    throw refused(`field ${wrong.name} of ${String(type)} is missing or not what it may be`)
  }
}

interface Field {
  readonly name: string
  readonly isFine: (fields: Readonly<Record<string, unknown>>, name: string) => boolean
}

function compile(schema: MessageSchema): Field[] {
  const required = new Set<string>(schema.required)
  return Object.entries<TSchema>(schema.properties).map(([name, property]) => {
    const validator = Compile(property)
    const isFine: Field['isFine'] = (fields) =>
      Object.hasOwn(fields, name) ? validator.Check(fields[name]) : !required.has(name)
    return { name, isFine }
  })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refused('it is no JSON object')
  }
  return value as Record<string, unknown>
}

function refused(why: string): ProtocolError {
  return new ProtocolError(`not a message of the cluster protocol: ${why}`)
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN_LENGTH))
}
