// Recognises tokens. Checking one costs tens of milliseconds and megabytes on purpose; what that may cost the
// daemon is bounded here.
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Logger } from '../../log.ts'
import { versionOf } from '../private-file.ts'
import type { Role } from './role.ts'
import { isSecretOf, type TokenHash } from './token-hash.ts'
import { parseToken } from './token-text.ts'
import { readTokensFile, type TokenRecord } from './tokens-file.ts'

export type TokenVerdict =
  | { readonly type: 'known'; readonly role: Role; readonly id: string; readonly name: string }
  /** A sentence for whoever showed it. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Too many unknown ones are being checked; the same request may succeed in a moment. */
  | { readonly type: 'busy' }

export interface TokenCheckerOptions {
  readonly file: string
  readonly log: Logger
  /** Wall clock, ms. */
  readonly now?: () => number
  /** Tells whether a secret is the one of a token; scrypt unless a test stands in. */
  readonly isSecretOf?: (secret: string, kept: TokenHash) => Promise<boolean>
}

/** How long a token that was recognised is known without being checked again. */
export const REMEMBERED_MS = 60_000
const MAX_REMEMBERED = 1_000
const MAX_RUNNING = 2
/** Together, and of one token: whoever guesses at one does not keep the others from being checked. */
const MAX_WAITING = 64
const MAX_WAITING_PER_TOKEN = 16
const MISSING = 'missing'

/** One per daemon. The file is read again when it has changed; what is wrong with it then refuses every token. */
export class TokenChecker {
  readonly #options: TokenCheckerOptions
  readonly #now: () => number
  #tokens: ReadonlyMap<string, TokenRecord> = new Map()
  #version = ''
  /** By the hash of the whole token; emptied whenever the file changes. */
  readonly #remembered = new Map<string, number>()
  readonly #checks = new Map<string, Promise<boolean>>()
  readonly #waitingOf = new Map<string, number>()
  readonly #queue: (() => void)[] = []
  #running = 0

  /** Throws a ConfigError for a file that is there and cannot be used. One that is missing may come later. */
  constructor(options: TokenCheckerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#load(this.#currentVersion())
  }

  async check(text: string): Promise<TokenVerdict> {
    const parts = parseToken(text)
    if (parts === undefined) return refused('what was sent is no token of Hearth')
    this.#refresh()
    const record = this.#tokens.get(parts.id)
    if (record === undefined) return refused(`there is no token ${parts.id}`)
    if (record.revokedAt !== null) return refused(`token ${parts.id} has been revoked`)
    if (record.expiresAt !== null && Date.parse(record.expiresAt) <= this.#now()) {
      return refused(`token ${parts.id} has expired (${record.expiresAt})`)
    }
    const isRight = await this.#isRight(text, parts.secret, record)
    if (isRight === undefined) return { type: 'busy' }
    if (!isRight) return refused(`token ${parts.id} has another secret`)
    return { type: 'known', role: record.role, id: record.id, name: record.name }
  }

  /** Undefined when too many are waiting. */
  async #isRight(text: string, secret: string, record: TokenRecord): Promise<boolean | undefined> {
    const key = createHash('sha256').update(text).digest('base64url')
    const until = this.#remembered.get(key)
    if (until !== undefined && until > this.#now()) return true
    const version = this.#version
    const underWay = this.#checks.get(key) ?? this.#start(key, secret, record)
    if (underWay === undefined) return undefined
    const isRight = await underWay
    // What was recognised by an older file is not remembered with a newer one.
    if (isRight && version === this.#version) this.#remember(key)
    return isRight
  }

  #start(key: string, secret: string, record: TokenRecord): Promise<boolean> | undefined {
    const ofToken = this.#waitingOf.get(record.id) ?? 0
    if (this.#queue.length >= MAX_WAITING || ofToken >= MAX_WAITING_PER_TOKEN) return undefined
    this.#waitingOf.set(record.id, ofToken + 1)
    const check = this.#inTurn(() =>
      (this.#options.isSecretOf ?? isSecretOf)(secret, record.scrypt),
    )
    this.#checks.set(key, check)
    const forget = () => {
      this.#checks.delete(key)
      const left = (this.#waitingOf.get(record.id) ?? 1) - 1
      if (left === 0) this.#waitingOf.delete(record.id)
      else this.#waitingOf.set(record.id, left)
    }
    check.then(forget, forget)
    return check
  }

  async #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((go) => this.#queue.push(go))
    else this.#running += 1
    try {
      return await task()
    } finally {
      // The turn is handed on, or given back.
      const next = this.#queue.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #remember(key: string): void {
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size >= MAX_REMEMBERED && oldest !== undefined) {
      this.#remembered.delete(oldest)
    }
    this.#remembered.delete(key)
    this.#remembered.set(key, this.#now() + REMEMBERED_MS)
  }

  #refresh(): void {
    const version = this.#currentVersion()
    if (version === this.#version) return
    try {
      this.#load(version)
    } catch (error) {
      this.#forget(version)
      this.#options.log.error(`${(error as Error).message}; no token is taken until it is repaired`)
    }
  }

  #load(version: string): void {
    this.#forget(version)
    if (version === MISSING) return
    const { tokens, version: read } = readTokensFile(this.#options.file)
    this.#version = read
    this.#tokens = new Map(tokens.map((record) => [record.id, record]))
  }

  #forget(version: string): void {
    this.#version = version
    this.#tokens = new Map()
    this.#remembered.clear()
  }

  #currentVersion(): string {
    const status = statSync(this.#options.file, { throwIfNoEntry: false })
    return status === undefined ? MISSING : versionOf(status)
  }
}

function refused(reason: string): TokenVerdict {
  return { type: 'refused', reason }
}
