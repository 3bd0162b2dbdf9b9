import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/**
 * The setpriv program of util-linux, looked up on the PATH. Without it nothing would end executors whose
 * launcher dies, so that its absence refuses the worker's start.
 */
export function findSetpriv(searchPath = process.env['PATH'] ?? ''): string {
  for (const directory of searchPath.split(':')) {
    const program = path.join(directory, 'setpriv')
    if (path.isAbsolute(program) && isExecutable(program)) return program
  }
  throw new Error(
    'setpriv was not found on the PATH: a worker needs it to bind executors to their launcher; ' +
      'install the package util-linux (workers run on Linux only)',
  )
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}
