// The three texts of SASL DIGEST-MD5 (RFC 2831) as Java's implementation writes and reads them, which is
// what Spark uses: one realm, algorithm md5-sess, UTF-8, no authorization id, nonce count 1.
import { ProtocolError } from '../protocol-error.ts'
import { AUTH_LIMITS } from './identity.ts'
import { onlyValue, parseDirectives, quoted, requiredValue } from './directives.ts'

/** Quality of protection: `auth` proves the secret and no more, `auth-conf` encrypts what follows. */
export type Qop = 'auth' | 'auth-conf'

/** The realm that Spark names, 3.5 to 4.3. */
export const SPARK_REALM = 'default'

/** Spark gives Java no protocol name, and Java writes that as `null` (`SparkSaslClient`, 3.5 to 4.3). */
export const SPARK_DIGEST_URI = 'null/default'

/**
 * The cipher of `auth-conf`. Java offers and prefers it too; its others (RC4 and single DES) are broken,
 * so Hearth neither offers nor picks them.
 */
export const PRIVACY_CIPHER = '3des'

/** Nonces are used once, so this is the only count. */
export const NONCE_COUNT = '00000001'

export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  /** In the server's order of preference; unknown ones are left out. */
  readonly qops: readonly Qop[]
  readonly ciphers: readonly string[]
}

export interface DigestResponse {
  readonly user: string
  readonly realm: string
  readonly nonce: string
  readonly clientNonce: string
  readonly digestUri: string
  readonly qop: Qop
  /** Named only with `auth-conf`. */
  readonly cipher: string | undefined
  /** 32 hexadecimal digits. */
  readonly proof: string
}

const text = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { ignoreBOM: true }) }

export function formatChallenge({ realm, nonce, qops, ciphers }: DigestChallenge): Uint8Array {
  return join([
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `qop=${quoted(qops.join(','))}`,
    'charset=utf-8',
    `cipher=${quoted(ciphers.join(','))}`,
    'algorithm=md5-sess',
  ])
}

/** Reads a server's challenge; ProtocolError names what is missing. */
export function parseChallenge(token: Uint8Array): DigestChallenge {
  const directives = parseToken(token)
  requireText(onlyValue(directives, 'algorithm'), 'md5-sess', 'algorithm')
  const nonce = requiredValue(directives, 'nonce')
  // RFC 2831: without the directive the server knows `auth` alone.
  const qops = splitList(onlyValue(directives, 'qop') ?? 'auth').filter(isQop)
  const ciphers = splitList(onlyValue(directives, 'cipher') ?? '')
  // Of several realms a client picks one; Spark's servers have one.
  const realm = directives.find(([name]) => name === 'realm')?.[1] ?? ''
  return { realm, nonce, qops, ciphers }
}

export function formatResponse(response: DigestResponse): Uint8Array {
  const { user, realm, nonce, clientNonce, digestUri, qop, cipher, proof } = response
  return join([
    'charset=utf-8',
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `nc=${NONCE_COUNT}`,
    `cnonce=${quoted(clientNonce)}`,
    `digest-uri=${quoted(digestUri)}`,
    'maxbuf=65536',
    `response=${proof}`,
    `qop=${qop}`,
    ...(cipher === undefined ? [] : [`cipher=${quoted(cipher)}`]),
  ])
}

/** Reads a client's response; ProtocolError names what is missing or wrong. */
export function parseResponse(token: Uint8Array): DigestResponse {
  const directives = parseToken(token)
  requireText(requiredValue(directives, 'nc'), NONCE_COUNT, 'nc')
  const qop = onlyValue(directives, 'qop') ?? 'auth'
  if (!isQop(qop)) throw new ProtocolError(`DIGEST-MD5 qop '${qop.slice(0, 32)}' is not offered`)
  if (onlyValue(directives, 'authzid') !== undefined) {
    throw new ProtocolError('DIGEST-MD5 response acts for somebody else (authzid)')
  }
  return {
    user: requiredValue(directives, 'username'),
    realm: onlyValue(directives, 'realm') ?? '',
    nonce: requiredValue(directives, 'nonce'),
    clientNonce: requiredValue(directives, 'cnonce'),
    digestUri: requiredValue(directives, 'digest-uri'),
    qop,
    cipher: onlyValue(directives, 'cipher'),
    proof: requireHex(requiredValue(directives, 'response')),
  }
}

/** The server's last word, which proves that it knows the secret too. */
export function formatServerProof(proof: string): Uint8Array {
  return join([`rspauth=${proof}`])
}

export function parseServerProof(token: Uint8Array): string {
  return requireHex(requiredValue(parseToken(token), 'rspauth'))
}

function parseToken(token: Uint8Array) {
  if (token.length > AUTH_LIMITS.tokenBytes) {
    throw new ProtocolError(`DIGEST-MD5 message of ${token.length} bytes is too long`)
  }
  return parseDirectives(text.decoder.decode(token))
}

function join(directives: readonly string[]): Uint8Array {
  return text.encoder.encode(directives.join(','))
}

function splitList(value: string): string[] {
  return value.split(',').map((one) => one.trim().toLowerCase())
}

function isQop(value: string): value is Qop {
  return value === 'auth' || value === 'auth-conf'
}

function requireText(value: string | undefined, wanted: string, name: string): void {
  if (value?.toLowerCase() === wanted) return
  throw new ProtocolError(`DIGEST-MD5 ${name} is '${(value ?? '').slice(0, 32)}', not '${wanted}'`)
}

function requireHex(value: string): string {
  if (/^[0-9a-f]{32}$/.test(value)) return value
  throw new ProtocolError('DIGEST-MD5 proof is not 32 hexadecimal digits')
}
