// Fields out of somebody else's JSON: a field that is missing or of another type becomes a value
// that can be shown, because one odd field must not hide a whole table.

export type JsonRecord = Readonly<Record<string, unknown>>

export function recordOf(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null ? (value as JsonRecord) : {}
}

export function recordsOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}

export function textOf(record: JsonRecord, field: string): string {
  const value = record[field]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-'
}

export function numberOf(record: JsonRecord, field: string): number {
  const value = record[field]
  return typeof value === 'number' ? value : 0
}
