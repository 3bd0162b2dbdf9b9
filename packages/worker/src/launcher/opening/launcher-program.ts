import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Names another launcher program, for tests and for packages that lay their files out otherwise. */
export const LAUNCHER_PROGRAM_VARIABLE = 'HEARTH_LAUNCHER_PROGRAM'

/**
 * The bundled launcher program: beside the running bundle, or, when this runs from its source, in the
 * checkout's `dist`. Throws when there is none.
 */
export function launcherProgram(): string {
  const named = process.env[LAUNCHER_PROGRAM_VARIABLE]
  const here = path.dirname(fileURLToPath(import.meta.url))
  const candidates = [
    path.join(here, 'launcher.js'),
    path.resolve(here, '../../../../../dist/launcher.js'),
  ]
  const found = named ?? candidates.find((candidate) => existsSync(candidate))
  if (found !== undefined) return found
  throw new Error(
    `the launcher program is missing (looked for ${candidates.join(' and ')}): run 'npm run build'`,
  )
}
