import { randomBytes } from 'node:crypto'

const ID_BYTES = 6
const SECRET_BYTES = 32
const TOKEN = /^hearth_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/
const ID = /^[0-9a-f]{12}$/

export interface TokenParts {
  /** By which it is found, listed and revoked; no secret. */
  readonly id: string
  readonly secret: string
}

/** A new token: 256 random bits behind a random id. */
export function drawToken(): TokenParts {
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  }
}

/** `hearth_ID_SECRET`; what its owner sends as `Authorization: Bearer`. */
export function formatToken({ id, secret }: TokenParts): string {
  return `hearth_${id}_${secret}`
}

/** The parts of a token; undefined for a text that is none. */
export function parseToken(text: string): TokenParts | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

export function isTokenId(text: string): boolean {
  return ID.test(text)
}
