// One worker per state directory: a second one would take the first one's launcher and executors.
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import Type from 'typebox'
import { Check } from 'typebox/value'
import { identifyProcess, isRunning, readBootId } from '../launcher/linux-processes.ts'

const Owner = Type.Object({
  boot: Type.String(),
  pid: Type.Integer({ minimum: 1 }),
  startTicks: Type.Integer(),
})

/**
 * Takes the directory's lock, or throws a sentence that names who has it. The lock of a process that is
 * dead is taken over. Returns what gives it back.
 */
export async function lockState(stateDir: string): Promise<() => Promise<void>> {
  const lock = path.join(stateDir, 'lock')
  const draft = `${lock}.${process.pid}`
  const self = { boot: readBootId(), ...identifyProcess(process.pid) }
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    await take(lock, draft, stateDir)
  } finally {
    await rm(draft, { force: true })
  }
  return () => rm(lock, { force: true })
}

// A link appears whole, and only if the name is free. Twice: an owner may go between the two looks.
async function take(lock: string, draft: string, stateDir: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return await link(draft, lock)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = await liveOwner(lock)
    if (pid !== undefined) {
      throw new Error(
        `another worker (pid ${pid}) uses ${stateDir}: give each worker a --work-dir or a hearth.worker.stateDir of its own`,
      )
    }
    await rm(lock, { force: true })
  }
  throw new Error(`${lock} was taken by another worker`)
}

async function liveOwner(lock: string): Promise<number | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(lock, 'utf8'))
    if (!Check(Owner, owner)) return undefined
    return owner.boot === readBootId() && isRunning(owner) ? owner.pid : undefined
  } catch {
    return undefined
  }
}
