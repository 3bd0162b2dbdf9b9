// The two sides of the handshake between Hearth daemons, without a socket: a message in, an answer out.
import { randomBytes } from 'node:crypto'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import {
  AuthAccepted,
  AuthChallenge,
  AuthHello,
  AuthProof,
  CLUSTER_AUTH_VERSION,
  handshakeTranscript,
  type HandshakeMessage,
} from '../../protocol/cluster/handshake.ts'
import { RegistrationRefused } from '../../protocol/cluster/messages.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import { clusterProof, isSameProof, sessionKeys, type SessionKeys } from './cluster-keys.ts'
import { WAYS_TO_SET_SECRET } from './secret.ts'

export interface HandshakeAnswer {
  readonly reply?: HandshakeMessage
  /** Both ends have proven the secret; what follows `reply` is sealed. */
  readonly keys?: SessionKeys
}

/** The peer did not prove the secret; the message is for both logs and says what to set. */
export class HandshakeError extends ProtocolError {}

/** One side. `receive` throws {@link HandshakeError}, and the connection is over then. */
export interface Handshake {
  receive(message: unknown): HandshakeAnswer
}

export const UNAUTHENTICATED = `authentication is required and the worker did not offer it: give the worker the master's secret (${WAYS_TO_SET_SECRET})`
const WRONG_SECRET = `the worker's secret is not the master's: both need the same one (${WAYS_TO_SET_SECRET})`
const NO_SECRET_HERE = `the worker asks for proof of a secret and the master has none: give the master the worker's secret (${WAYS_TO_SET_SECRET}), or take it from the worker`
const UNPROVEN = `the master did not prove the secret of this worker, so it is not trusted: another secret, or not our master (${WAYS_TO_SET_SECRET})`

const NONCE_BYTES = 32
const MAX_SHOWN = 1000

const isHello = checkOf(AuthHello)
const isChallenge = checkOf(AuthChallenge)
const isProof = checkOf(AuthProof)
const isAccepted = checkOf(AuthAccepted)
const isRefused = checkOf(RegistrationRefused)

/** The listening side: proves the secret only to a peer that has proven it. */
export class AcceptorHandshake implements Handshake {
  readonly #secret: string
  readonly #nonce = newNonce()
  #transcript: string | undefined

  constructor(secret: string) {
    this.#secret = secret
  }

  receive(message: unknown): HandshakeAnswer {
    if (this.#transcript === undefined) return this.#challenge(message)
    if (!isProof(message)) throw new HandshakeError(UNAUTHENTICATED)
    const expected = clusterProof(this.#secret, 'dialler', this.#transcript)
    if (!isSameProof(message.proof, expected)) throw new HandshakeError(WRONG_SECRET)
    const proof = clusterProof(this.#secret, 'acceptor', this.#transcript)
    return {
      reply: { type: 'auth-accepted', proof },
      keys: sessionKeys(this.#secret, 'acceptor', this.#transcript),
    }
  }

  #challenge(message: unknown): HandshakeAnswer {
    if (!isHello(message)) throw new HandshakeError(UNAUTHENTICATED)
    checkVersion(message.version)
    this.#transcript = handshakeTranscript(message.nonce, this.#nonce)
    const version = CLUSTER_AUTH_VERSION
    return { reply: { type: 'auth-challenge', version, nonce: this.#nonce } }
  }
}

/** The connecting side; `hello` is its first message. */
export class DiallerHandshake implements Handshake {
  readonly hello: AuthHello = {
    type: 'auth-hello',
    version: CLUSTER_AUTH_VERSION,
    nonce: newNonce(),
  }
  readonly #secret: string
  #transcript: string | undefined

  constructor(secret: string) {
    this.#secret = secret
  }

  receive(message: unknown): HandshakeAnswer {
    if (isRefused(message)) throw new HandshakeError(`refused: ${printable(message.reason)}`)
    if (this.#transcript === undefined) return this.#prove(message)
    if (!isAccepted(message)) throw new HandshakeError(UNPROVEN)
    const expected = clusterProof(this.#secret, 'acceptor', this.#transcript)
    if (!isSameProof(message.proof, expected)) throw new HandshakeError(UNPROVEN)
    return { keys: sessionKeys(this.#secret, 'dialler', this.#transcript) }
  }

  #prove(message: unknown): HandshakeAnswer {
    if (!isChallenge(message)) throw new HandshakeError(UNPROVEN)
    checkVersion(message.version)
    this.#transcript = handshakeTranscript(this.hello.nonce, message.nonce)
    const proof = clusterProof(this.#secret, 'dialler', this.#transcript)
    return { reply: { type: 'auth-proof', proof } }
  }
}

/** For a listener without a secret: throws when the first message asks it to prove one. */
export function refuseHello(message: unknown): void {
  if (isHello(message)) throw new HandshakeError(NO_SECRET_HERE)
}

function checkVersion(version: number): void {
  if (version === CLUSTER_AUTH_VERSION) return
  throw new HandshakeError(
    `the peer speaks version ${version} of the cluster's authentication, only ${CLUSTER_AUTH_VERSION} is spoken here: install the same release of Hearth on both`,
  )
}

// It comes from whoever listens there and ends in a log that a terminal may show.
function printable(text: string): string {
  return text.slice(0, MAX_SHOWN).replaceAll(/\p{Cc}/gu, ' ')
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex')
}

function checkOf<Schema extends TSchema>(schema: Schema) {
  const validator = Compile(schema)
  return (message: unknown): message is Static<Schema> => validator.Check(message)
}
