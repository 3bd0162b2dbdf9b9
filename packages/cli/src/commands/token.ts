// `hearth token`: tokens of people and programs, kept in a file that the master reads.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ROLES, parseRole, type Role } from '@hearth/common/runtime/auth/tokens/role.ts'
import { hashSecret } from '@hearth/common/runtime/auth/tokens/token-hash.ts'
import { TOKEN_KEYS } from '@hearth/common/runtime/auth/tokens/token-keys.ts'
import { drawToken, formatToken, isTokenId } from '@hearth/common/runtime/auth/tokens/token-text.ts'
import {
  readTokensFile,
  writeTokensFile,
  type TokenRecord,
} from '@hearth/common/runtime/auth/tokens/tokens-file.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { parseDurationMs } from '@hearth/common/runtime/config/units.ts'
import type { Command } from 'commander'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { loadDaemonConfiguration } from '../daemon/daemon-configuration.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { doOnce } from '../spark/once-lock.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatTable } from '../text-table.ts'

interface FileFlags {
  readonly tokensFile?: string
  readonly propertiesFile?: string
  readonly json?: boolean
}

interface CreateFlags extends FileFlags {
  readonly role?: string
  readonly name?: string
  readonly expires?: string
}

const MAX_NAME_LENGTH = 128

export function addToken(program: Command, surroundings: Surroundings): void {
  const token = program
    .command('token')
    .description('make, list and revoke tokens for submissions over REST and for actions')
  addFileFlags(token.command('create'))
    .description('make a token; it is shown once')
    .requiredOption('--role <role>', `what it may: ${ROLES.join(', ')}`)
    .option('--name <name>', 'whose it is')
    .option(
      '--expires <time>',
      'how long it counts, for example 30d (default: until it is revoked)',
    )
    .action((flags: CreateFlags) => create(flags, surroundings))
  addFileFlags(token.command('list'))
    .description('list tokens; what they show is not kept')
    .action((flags: FileFlags) => list(flags, surroundings))
  addFileFlags(token.command('revoke'))
    .description('revoke a token; it counts no more at once')
    .argument('<id>', 'its id, as `hearth token list` shows it')
    .action((id: string, flags: FileFlags) => revoke(id, flags, surroundings))
}

function addFileFlags(command: Command): Command {
  return command
    .option('--tokens-file <file>', `where they are kept (default: ${TOKEN_KEYS.tokensFile.key})`)
    .option('--properties-file <file>', 'where that key stands, if not in conf/spark-defaults.conf')
    .option('--json', 'print JSON')
}

async function create(flags: CreateFlags, surroundings: Surroundings): Promise<void> {
  const role = roleOf(flags.role ?? '')
  const now = Date.now()
  const expiresAt = flags.expires === undefined ? null : expiry(flags.expires, now)
  const name = flags.name ?? ''
  if (name.length > MAX_NAME_LENGTH) {
    throw usageFailure(`--name is longer than ${MAX_NAME_LENGTH} characters`)
  }
  const parts = drawToken()
  const record: TokenRecord = {
    ...{ id: parts.id, name, role, expiresAt, revokedAt: null },
    createdAt: new Date(now).toISOString(),
    scrypt: await hashSecret(parts.secret),
  }
  await change(await fileOf(flags, surroundings), (tokens) => [...tokens, record])
  const token = formatToken(parts)
  if (flags.json === true) {
    surroundings.out(`${JSON.stringify({ ...shown(record, now), token }, null, 2)}\n`)
    return
  }
  surroundings.out(`${token}\n`)
  const until = expiresAt === null ? 'until it is revoked' : `until ${expiresAt}`
  surroundings.err(`token ${parts.id} for a ${role}, ${until}; it is not shown again\n`)
}

async function list(flags: FileFlags, surroundings: Surroundings): Promise<void> {
  const now = Date.now()
  const tokens = readTokens(await fileOf(flags, surroundings)).map((one) => shown(one, now))
  if (flags.json === true) return surroundings.out(`${JSON.stringify(tokens, null, 2)}\n`)
  const rows = tokens.map(({ id, name, role, state, createdAt, expiresAt }) => [
    ...[id, name, role, state, createdAt, expiresAt ?? 'never'],
  ])
  surroundings.out(formatTable(['TOKEN', 'NAME', 'ROLE', 'STATE', 'CREATED', 'EXPIRES'], rows))
}

async function revoke(id: string, flags: FileFlags, surroundings: Surroundings): Promise<void> {
  if (!isTokenId(id)) {
    throw usageFailure(`'${id}' cannot be the id of a token`, '`hearth token list` shows the ids')
  }
  const file = await fileOf(flags, surroundings)
  const revokedAt = new Date().toISOString()
  await change(file, (tokens) => {
    if (!tokens.some((one) => one.id === id)) {
      throw new CommandFailure(`there is no token ${id} in ${file}`, { exitCode: EXIT_NOT_FOUND })
    }
    return tokens.map((one) =>
      one.id === id && one.revokedAt === null ? { ...one, revokedAt } : one,
    )
  })
  surroundings.out(flags.json === true ? `${JSON.stringify({ revoked: id })}\n` : `revoked ${id}\n`)
}

// Two commands at once must not undo each other.
async function change(
  file: string,
  how: (tokens: readonly TokenRecord[]) => readonly TokenRecord[],
): Promise<void> {
  await doOnce({
    lockFile: `${file}.lock`,
    check: () => Promise.resolve(undefined),
    work: async () => {
      await writeTokensFile(file, how(readTokens(file)))
      return true
    },
  })
}

function readTokens(file: string): readonly TokenRecord[] {
  return existsSync(file) ? readTokensFile(file).tokens : []
}

function shown({ id, name, role, createdAt, expiresAt, revokedAt }: TokenRecord, now: number) {
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= now
  const state = revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'valid'
  return { id, name, role, state, createdAt, expiresAt, revokedAt }
}

async function fileOf(
  { tokensFile, propertiesFile }: FileFlags,
  { environment }: Surroundings,
): Promise<string> {
  if (tokensFile !== undefined) return path.resolve(tokensFile)
  const { properties } = await loadDaemonConfiguration(
    'SPARK_MASTER_OPTS',
    propertiesFile,
    environment,
  )
  const configured = readConfig(TOKEN_KEYS, properties).tokensFile
  if (configured !== undefined) return path.resolve(configured)
  throw usageFailure(
    'nothing says where tokens are kept',
    `set ${TOKEN_KEYS.tokensFile.key} where the master reads it, for example in conf/spark-defaults.conf, or pass --tokens-file`,
  )
}

function roleOf(text: string): Role {
  const role = parseRole(text)
  if (role !== undefined) return role
  throw usageFailure(`--role: '${text}' is none of ${ROLES.join(', ')}`)
}

function expiry(text: string, now: number): string {
  const ms = parseDurationMs(text, 'd')
  const at = new Date(now + (ms ?? 0))
  if (ms !== undefined && ms > 0 && !Number.isNaN(at.getTime()) && at.getUTCFullYear() < 10_000) {
    return at.toISOString()
  }
  throw usageFailure(`--expires: '${text}' is not a time such as 12h or 30d`)
}
