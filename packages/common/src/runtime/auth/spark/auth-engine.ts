// AuthEngine (network-common, `AuthEngine`; versions 1 and 2, Spark 3.5.5 to 4.3, 3.5.0 has only 1). Each
// end sends one message with a fresh X25519 key that is encrypted under the secret; both derive the
// session keys from the shared point and from every byte that was sent.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { ProtocolError } from '../../../protocol/protocol-error.ts'
import {
  encodeAuthMessage,
  SALT_BYTES,
  type AuthMessage,
} from '../../../protocol/spark-auth/auth-message.ts'
import type { RandomBytes } from './random-bytes.ts'

export interface AuthEngineOptions {
  readonly secret: string
  /** Not negotiated: with different ones the two ends derive different keys. */
  readonly version: 1 | 2
  readonly random: RandomBytes
}

/** What the stream ciphers of one end are made of. */
export interface StreamKeys {
  /** 32 bytes in version 1, 16 in version 2. */
  readonly key: Uint8Array
  readonly sendIv: Uint8Array
  readonly receiveIv: Uint8Array
}

const KEY_BYTES = 16
const GCM_IV_BYTES = 12
const GCM_TAG_BYTES = 16
const CURVE_BYTES = 32

// A raw X25519 key behind these is one in DER (RFC 8410), which is what node:crypto takes.
const PRIVATE_KEY_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_KEY_HEAD = Buffer.from('302a300506032b656e032100', 'hex')

const NOTHING = new Uint8Array(0)

/** The accepting end: takes the peer's message, answers, and has the keys. */
export function answerAuthEngine(
  request: AuthMessage,
  options: AuthEngineOptions,
): { readonly answer: AuthMessage; readonly keys: StreamKeys } {
  const theirKey = openPublicKey(request, NOTHING, options.secret)
  const ownKey = newPrivateKey(options.random)
  const sent = encodeAuthMessage(request)
  const answer = sealPublicKey(request.identity, ownKey, sent, options)
  const transcript = Buffer.concat([sent, encodeAuthMessage(answer)])
  const { key, inputIv, outputIv } = deriveKeys(ownKey, theirKey, transcript, options)
  // The names are the client's: what it writes under `outputIv`, we read.
  return { answer, keys: { key, sendIv: inputIv, receiveIv: outputIv } }
}

/** The dialling end: its request, and what it makes of the answer. */
export interface AuthEngineClient {
  readonly request: AuthMessage
  /** Throws ProtocolError when the answer was not made with the same secret for this request. */
  finish(answer: AuthMessage): StreamKeys
}

export function startAuthEngine(identity: string, options: AuthEngineOptions): AuthEngineClient {
  const ownKey = newPrivateKey(options.random)
  const request = sealPublicKey(identity, ownKey, NOTHING, options)
  const sent = encodeAuthMessage(request)
  const finish = (answer: AuthMessage): StreamKeys => {
    if (answer.identity !== identity) throw new ProtocolError('the answer is for another identity')
    const theirKey = openPublicKey(answer, sent, options.secret)
    const transcript = Buffer.concat([sent, encodeAuthMessage(answer)])
    const { key, inputIv, outputIv } = deriveKeys(ownKey, theirKey, transcript, options)
    return { key, sendIv: outputIv, receiveIv: inputIv }
  }
  return { request, finish }
}

function sealPublicKey(
  identity: string,
  ownKey: KeyObject,
  transcript: Uint8Array,
  { secret, random }: AuthEngineOptions,
): AuthMessage {
  const salt = random(SALT_BYTES)
  const bound = boundData(identity, salt, transcript)
  const iv = random(GCM_IV_BYTES)
  const cipher = createCipheriv('aes-128-gcm', keyFor(secret, salt, bound), iv).setAAD(bound)
  const sealed = Buffer.concat([iv, cipher.update(rawPublicKey(ownKey)), cipher.final()])
  return { identity, salt, ciphertext: Buffer.concat([sealed, cipher.getAuthTag()]) }
}

function openPublicKey(
  { identity, salt, ciphertext }: AuthMessage,
  transcript: Uint8Array,
  secret: string,
): KeyObject {
  const bound = boundData(identity, salt, transcript)
  const iv = ciphertext.subarray(0, GCM_IV_BYTES)
  const body = ciphertext.subarray(GCM_IV_BYTES, -GCM_TAG_BYTES)
  const key = keyFor(secret, salt, bound)
  const decipher = createDecipheriv('aes-128-gcm', key, iv, { authTagLength: GCM_TAG_BYTES })
  decipher.setAAD(bound).setAuthTag(ciphertext.subarray(-GCM_TAG_BYTES))
  const raw = decipher.update(body)
  try {
    decipher.final()
  } catch {
    throw new ProtocolError('it was not made with the secret of this cluster')
  }
  const der = Buffer.concat([PUBLIC_KEY_HEAD, raw])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

// Key derivation and encryption are both bound to who speaks and to everything that was sent before.
function boundData(identity: string, salt: Uint8Array, transcript: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(identity, 'utf8'), salt, transcript])
}

function keyFor(secret: string, salt: Uint8Array, bound: Uint8Array): Uint8Array {
  return hkdf(Buffer.from(secret, 'utf8'), salt, bound)
}

function deriveKeys(
  ownKey: KeyObject,
  theirKey: KeyObject,
  transcript: Uint8Array,
  { version }: AuthEngineOptions,
) {
  const shared = sharedSecret(ownKey, theirKey)
  return {
    key: version === 1 ? shared : hkdf(shared, transcript, Buffer.from('derivedKey')),
    inputIv: hkdf(shared, transcript, Buffer.from('inputIv')),
    outputIv: hkdf(shared, transcript, Buffer.from('outputIv')),
  }
}

function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  try {
    return diffieHellman({ privateKey, publicKey })
  } catch {
    // A point of small order, for which every private key gives the same secret.
    throw new ProtocolError('its public key is no key')
  }
}

function hkdf(input: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', input, salt, info, KEY_BYTES))
}

function newPrivateKey(random: RandomBytes): KeyObject {
  const der = Buffer.concat([PRIVATE_KEY_HEAD, random(CURVE_BYTES)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function rawPublicKey(privateKey: KeyObject): Uint8Array {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return der.subarray(-CURVE_BYTES)
}
