import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

const GROUP_AND_OTHERS = 0o077

export interface PrivateFile {
  readonly bytes: Uint8Array
  /** Changes when the file is replaced or written to. */
  readonly version: string
}

/**
 * A file that only its owner can read, up to `maxBytes`. What is thrown is made by `fail`: when the file cannot
 * be read, is longer, is no regular file, and when its group or others can read or change it.
 */
export function readPrivateFile(
  file: string,
  maxBytes: number,
  fail: (problem: string) => Error,
): PrivateFile {
  let descriptor: number | undefined
  let problem: string
  try {
    // Not to wait for the writer of a pipe. What is checked is what is read: one open file, whatever becomes of
    // its name meanwhile.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = fstatSync(descriptor)
    if (!status.isFile()) problem = 'not a regular file'
    else if ((status.mode & GROUP_AND_OTHERS) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0')
      problem = `others than its owner can read or change it (mode ${mode}): chmod 600 ${file}`
    } else {
      const bytes = readUpTo(descriptor, maxBytes + 1)
      if (bytes.length <= maxBytes) return { bytes, version: versionOf(status) }
      problem = `longer than ${maxBytes} bytes`
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  throw fail(problem)
}

/** See {@link PrivateFile}. */
export function versionOf(status: { ino: number; size: number; mtimeMs: number; mode: number }) {
  return [status.ino, status.size, status.mtimeMs, status.mode].join(' ')
}

function readUpTo(descriptor: number, max: number): Uint8Array {
  const bytes = new Uint8Array(max)
  let length = 0
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    read = readSync(descriptor, bytes, length, bytes.length - length, null)
  }
  return bytes.subarray(0, length)
}
