import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeDurably } from './durable-file.ts'

/**
 * The random name under which a worker's scratch directories stand; made once per state directory and
 * kept, so that a worker that comes back knows its own. Random, for they may stand in a directory that
 * is open to every user.
 */
export async function readScratchId(stateDir: string): Promise<string> {
  const file = path.join(stateDir, 'scratch-id')
  const known = await readFile(file, 'utf8').catch(() => '')
  if (/^[0-9a-f-]{36}$/.test(known)) return known
  const made = randomUUID()
  await writeDurably(file, made)
  return made
}
