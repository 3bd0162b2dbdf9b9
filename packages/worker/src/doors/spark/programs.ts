import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'
import { variable, type Environment } from './variables.ts'

/** The absolute path of a program on the PATH; undefined when it is not there. */
export function findOnPath(name: string, environment: Environment): string | undefined {
  const searchPath = variable('PATH', environment, {}) ?? ''
  return searchPath
    .split(':')
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, name))
    .find(isExecutableFile)
}

/** True for a file that we may execute. */
export function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
