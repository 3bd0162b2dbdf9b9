// JSON as the REST protocol needs it: numbers keep their spelling, because Spark's server takes `2` where a
// text is meant and passes it on as it was written, and objects are maps, in which no key means anything special.

export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject

/** In the order of the document; of equal keys the last wins, as in Spark's server. */
export type JsonObject = ReadonlyMap<string, JsonValue>

export interface JsonNumber {
  /** As it stands in the document. */
  readonly digits: string
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map
}

/** The text of a text, number or boolean; undefined for everything else. */
export function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value !== null && 'digits' in value ? value.digits : undefined
}

/** What the value is, for an error. */
export function kindOf(
  value: JsonValue,
): 'null' | 'Boolean' | 'String' | 'Number' | 'Array' | 'Object' {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'Boolean'
  if (typeof value === 'string') return 'String'
  if (isJsonObject(value)) return 'Object'
  return 'digits' in value ? 'Number' : 'Array'
}
