import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { ConfigError } from '../config/read-config.ts'

/** Far more than a secret has; a file that is longer is another file. */
const MAX_BYTES = 64 * 1024
const GROUP_AND_OTHERS = 0o077

/**
 * The secret in a file, without a line break at its end. Throws a {@link ConfigError} when the file
 * cannot be read, when others than its owner can, and when it is no text.
 */
export function readSecretFile(file: string): string {
  const fail = (problem: string) => new ConfigError([`secret file ${file}: ${problem}`])
  const bytes = readPrivate(file, fail)
  if (bytes.length > MAX_BYTES) throw fail(`longer than ${MAX_BYTES} bytes, which no secret is`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw fail('not text in UTF-8')
  }
}

// What is checked is what is read: one open file, whatever becomes of its name meanwhile.
function readPrivate(file: string, fail: (problem: string) => ConfigError): Uint8Array {
  let descriptor: number | undefined
  try {
    // Not to wait for the writer of a pipe.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw fail('not a regular file')
    if ((status.mode & GROUP_AND_OTHERS) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0')
      throw fail(`others than its owner can read or change it (mode ${mode}): chmod 600 ${file}`)
    }
    const bytes = new Uint8Array(MAX_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null)
    }
    return bytes.subarray(0, length)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw fail(error instanceof Error ? error.message : String(error))
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
