// Where tokens are kept: JSON that only its owner can read. It holds no token, only what recognises one.
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ConfigError } from '../../config/read-config.ts'
import { readPrivateFile } from '../private-file.ts'

const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })

const TokenRecord = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{12}$' }),
  /** What people call it. */
  name: Type.String({ maxLength: 128 }),
  role: Type.Union([Type.Literal('viewer'), Type.Literal('submitter'), Type.Literal('operator')]),
  createdAt: Instant,
  expiresAt: Type.Union([Instant, Type.Null()]),
  revokedAt: Type.Union([Instant, Type.Null()]),
  scrypt: Type.Object({
    n: Type.Integer({ minimum: 2, maximum: 1_048_576 }),
    r: Type.Integer({ minimum: 1, maximum: 32 }),
    p: Type.Integer({ minimum: 1, maximum: 16 }),
    salt: Type.String({ pattern: '^[A-Za-z0-9_-]{16,128}$' }),
    hash: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  }),
})
/** A token without its secret. */
export type TokenRecord = Static<typeof TokenRecord>

const TokensDocument = Type.Object({ version: Type.Literal(1), tokens: Type.Array(TokenRecord) })
const schema = Compile(TokensDocument)

const MAX_BYTES = 16 * 1024 * 1024
const PRIVATE_MODE = 0o600

export interface TokensFile {
  readonly tokens: readonly TokenRecord[]
  readonly version: string
}

/**
 * Reads the file. Throws a {@link ConfigError} with a sentence when it cannot be read, when others than its owner
 * can, and when it is no file of tokens.
 */
export function readTokensFile(file: string): TokensFile {
  const fail = (problem: string) => new ConfigError([`tokens file ${file}: ${problem}`])
  const { bytes, version } = readPrivateFile(file, MAX_BYTES, fail)
  const document = parse(bytes)
  if (schema.Check(document)) return { tokens: document.tokens, version }
  throw fail('not a file that `hearth token create` has made')
}

/** Replaces the file, mode 0600, in one step: whoever reads it sees the old or the new one, whole. */
export async function writeTokensFile(file: string, tokens: readonly TokenRecord[]): Promise<void> {
  const suffix = randomBytes(6).toString('hex')
  const fresh = path.join(path.dirname(file), `.${path.basename(file)}.${suffix}`)
  try {
    const handle = await open(fresh, 'wx', PRIVATE_MODE)
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, tokens }, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
  await syncDirectory(path.dirname(file))
}

// A rename is durable when its directory is.
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}
