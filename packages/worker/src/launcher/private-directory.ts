import { lstat, mkdir } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes sure that the directory exists, belongs to us and is closed to everybody else; throws a sentence
 * that says what is wrong otherwise. Missing parents are created with the usual mode.
 */
export async function ensurePrivateDirectory(directory: string): Promise<void> {
  await mkdir(path.dirname(directory), { recursive: true })
  try {
    await mkdir(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const problem = await problemOfPrivateDirectory(directory)
  if (problem !== undefined) throw new Error(`${directory} ${problem}`)
}

/** What keeps the directory from being private, as the end of a sentence; undefined when it is. */
export async function problemOfPrivateDirectory(directory: string): Promise<string | undefined> {
  const found = await lstat(directory)
  if (!found.isDirectory()) return 'is not a directory (a link does not count as one)'
  if (found.uid !== process.getuid?.()) return `belongs to user ${found.uid}, not to us`
  if ((found.mode & 0o077) !== 0) return 'is open to other users (its mode must be 0700)'
  return undefined
}
