import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import type { LauncherPaths } from '../launcher-directory.ts'
import { identifyProcess, isRunning, readBootId } from '../linux-processes.ts'
import { JsonFields } from '../protocol/json-fields.ts'

/**
 * Runs `action` while no other worker adopts or starts the launcher of the directory. Throws at once when
 * another one is at it: two workers of one state directory are a mistake of the operator. A lock whose
 * owner has died is taken over.
 */
export async function withOpeningLock<Result>(
  { lock }: LauncherPaths,
  action: () => Promise<Result>,
): Promise<Result> {
  const draft = `${lock}.${randomUUID()}`
  const self = { boot: readBootId(), ...identifyProcess(process.pid) }
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    await takeLock(lock, draft)
  } finally {
    await rm(draft, { force: true })
  }
  try {
    return await action()
  } finally {
    await rm(lock, { force: true })
  }
}

// A link appears whole and only if the name is free. Twice: an owner may go between the two looks.
async function takeLock(lock: string, draft: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return await link(draft, lock)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = await liveOwner(lock)
    if (owner !== undefined) {
      throw new Error(`another worker (pid ${owner}) is opening the launcher: ${lock} is its lock`)
    }
    await rm(lock, { force: true })
  }
  throw new Error(`${lock} was taken by another worker`)
}

async function liveOwner(lock: string): Promise<number | undefined> {
  try {
    const fields = new JsonFields(JSON.parse(await readFile(lock, 'utf8')), lock)
    const owner = { pid: fields.integer('pid'), startTicks: fields.integer('startTicks') }
    return fields.text('boot') === readBootId() && isRunning(owner) ? owner.pid : undefined
  } catch {
    return undefined
  }
}
