// The table of launched processes on disk, one file each: whoever comes after a crash learns from it
// what runs, and with which code the rest has ended.
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeDurably } from './durable-file.ts'
import { parseHeldProcess, type HeldProcess } from './protocol/held-process.ts'
import { JsonFields } from './protocol/json-fields.ts'

export interface ProcessRecord {
  /** Name of the file; numbers, because an application id may be as long as a file name can be. */
  readonly sequence: number
  /** Which launcher started it, and in which life of the machine. */
  readonly launcherId: string
  readonly boot: string
  /** With the pid this names the process; null when it was never started. */
  readonly startTicks: number | null
  readonly held: HeldProcess
}

const FILE = /^(\d{1,15})\.json$/

export class ProcessTable {
  readonly #directory: string
  // The last write of each file: writes to one file go one after the other.
  readonly #tails = new Map<number, Promise<void>>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** All records, oldest first. A damaged one is handed to `onDamaged` and left where it is. */
  async readAll(onDamaged: (file: string, reason: string) => void): Promise<ProcessRecord[]> {
    const records: ProcessRecord[] = []
    for (const name of await readdir(this.#directory)) {
      const sequence = FILE.exec(name)?.[1]
      if (sequence === undefined) continue
      const file = path.join(this.#directory, name)
      try {
        records.push(parseRecord(Number(sequence), await readFile(file, 'utf8')))
      } catch (error) {
        onDamaged(file, String(error))
      }
    }
    return records.sort((a, b) => a.sequence - b.sequence)
  }

  /** Resolves once the record survives a crash. Saves of one record take effect in call order. */
  save(record: ProcessRecord): Promise<void> {
    return this.#after(record.sequence, () =>
      writeDurably(this.#file(record.sequence), JSON.stringify(record)),
    )
  }

  /** Removes a record after whatever was asked before. */
  remove(sequence: number): Promise<void> {
    return this.#after(sequence, () => rm(this.#file(sequence), { force: true }))
  }

  #after(sequence: number, write: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(sequence) ?? Promise.resolve()
    const done = before.then(write)
    const tail = done
      .catch(() => {})
      .finally(() => {
        if (this.#tails.get(sequence) === tail) this.#tails.delete(sequence)
      })
    this.#tails.set(sequence, tail)
    return done
  }

  #file(sequence: number): string {
    return path.join(this.#directory, `${sequence}.json`)
  }
}

function parseRecord(sequence: number, text: string): ProcessRecord {
  const fields = new JsonFields(JSON.parse(text), 'process record')
  return {
    sequence,
    launcherId: fields.text('launcherId'),
    boot: fields.text('boot'),
    startTicks: fields.integerOrNull('startTicks'),
    held: parseHeldProcess(fields.object('held')),
  }
}
