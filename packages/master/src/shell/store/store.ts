import type { StoredRecord } from '../../core/records.ts'

/** Where the cluster's records survive. Opened for one term of leadership. */
export interface Store {
  /**
   * Writes the record, or deletes it when null. Calls `done` once it is durable, with the error's text
   * when it is not. Writes of one key become durable in call order.
   */
  write(key: string, record: StoredRecord | null, done: (error?: string) => void): void
}
