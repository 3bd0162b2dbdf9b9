import { ConfigError } from '../config/read-config.ts'
import { readPrivateFile } from './private-file.ts'

/** Far more than a secret has; a file that is longer is another file. */
const MAX_BYTES = 64 * 1024

/**
 * The secret in a file, without a line break at its end. Throws a {@link ConfigError} when the file
 * cannot be read, when others than its owner can, and when it is no text.
 */
export function readSecretFile(file: string): string {
  const fail = (problem: string) => new ConfigError([`secret file ${file}: ${problem}`])
  const { bytes } = readPrivateFile(file, MAX_BYTES, fail)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw fail('not text in UTF-8')
  }
}
