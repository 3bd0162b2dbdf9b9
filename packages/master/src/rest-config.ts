// The keys of the REST submission server, and what they come to.
import { isLoopback } from '@hearth/common/domain/addresses.ts'
import { parseJwsKey } from '@hearth/common/runtime/auth/jws.ts'
import { TOKEN_KEYS } from '@hearth/common/runtime/auth/tokens/token-keys.ts'
import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import type { ConfigOf, ConfigTable } from '@hearth/common/runtime/config/table.ts'
import type { RestLimits } from './doors/rest/rest-server.ts'

const MIB = 1024 * 1024
const MAX_PORT = 65_535
export const DEFAULT_REST_PORT = 6066
export const REST_REQUEST_TIMEOUT_MS = 30_000
/** Headers are small: whoever takes longer is no client. */
export const REST_HEADERS_TIMEOUT_MS = 10_000
const JWS_FILTER = 'org.apache.spark.ui.JWSFilter'

export const REST_KEYS = {
  restEnabled: {
    key: 'spark.master.rest.enabled',
    kind: 'boolean',
    default: true,
    doc: 'Take submissions over REST, as Spark’s master does by default from 4.1 on. False leaves the port closed.',
  },
  restHost: {
    key: 'spark.master.rest.host',
    kind: 'string',
    default: undefined,
    doc: 'Address that the REST server listens on; that of the master when unset.',
  },
  restPort: {
    key: 'spark.master.rest.port',
    kind: 'integer',
    default: undefined,
    min: 0,
    max: MAX_PORT,
    doc: 'Port of the REST server; 0 takes any free one. When unset 6066, or any free one where the master’s own port is 0.',
  },
  restFilters: {
    key: 'spark.master.rest.filters',
    kind: 'string',
    default: undefined,
    doc: 'org.apache.spark.ui.JWSFilter asks for a JSON Web Token signed with its key. Another filter would be a class for Spark’s JVM and stops the start.',
  },
  restJwsKey: {
    key: `spark.${JWS_FILTER}.param.secretKey`,
    kind: 'string',
    default: undefined,
    doc: 'The key of JWSFilter: base64url, at least 256 bits.',
  },
  restMaxBodyBytes: {
    key: 'spark.master.rest.maxRequestBodySize',
    kind: 'bytes',
    default: 10 * MIB,
    min: 1024,
    max: 256 * MIB,
    doc: 'Longest body of a REST request; one that is longer is refused with status 413 and not read. Spark 4.3 takes 100m.',
  },
  restMaxRequests: {
    key: 'spark.master.rest.maxThreads',
    kind: 'integer',
    default: 200,
    min: 1,
    doc: 'REST requests that are worked on at once; the others wait. Hearth has no threads for them.',
  },
  restVirtualThreads: {
    key: 'spark.master.rest.virtualThread.enabled',
    kind: 'boolean',
    default: false,
    doc: 'Without effect: Hearth needs no threads for REST requests.',
  },
  restMaxConnections: {
    key: 'hearth.rest.maxConnections',
    kind: 'integer',
    default: 1_000,
    min: 1,
    doc: 'Connections open at once on the REST port; further ones are closed at once.',
  },
  restRequestTimeoutMs: {
    key: 'hearth.rest.requestTimeout',
    kind: 'duration-ms',
    default: REST_REQUEST_TIMEOUT_MS,
    min: 1_000,
    doc: 'Time from the first byte of a REST request to its last; a connection that takes longer is closed.',
  },
  restOpen: {
    key: 'hearth.rest.open',
    kind: 'boolean',
    default: undefined,
    doc: 'Whether REST requests are taken without a token. Unset, they are on loopback only. True on any other address lets whoever reaches the port run any command on the cluster; false asks for a token on loopback too.',
  },
} as const satisfies ConfigTable

export const REST_CONFIG = { ...REST_KEYS, ...TOKEN_KEYS } as const satisfies ConfigTable
export type RestConfig = ConfigOf<typeof REST_CONFIG>

export interface RestSettings {
  readonly host: string
  readonly port: number
  readonly limits: RestLimits
  /** Nothing needs to be shown. */
  readonly isOpen: boolean
  /** Open to other machines. */
  readonly isExposed: boolean
  readonly jwsKey: Uint8Array | null
}

/** Null when there is to be no REST server. Throws a ConfigError for filters that cannot be had. */
export function restSettings(
  config: RestConfig,
  master: { readonly host: string; readonly port: number },
): RestSettings | null {
  if (!config.restEnabled) return null
  const host = config.restHost ?? master.host
  const jwsKey = jwsKeyOf(config)
  const isOpen = jwsKey === null && (config.restOpen ?? isLoopback(host))
  const requestTimeoutMs = config.restRequestTimeoutMs
  return {
    host,
    port: config.restPort ?? (master.port === 0 ? 0 : DEFAULT_REST_PORT),
    limits: {
      maxBodyBytes: config.restMaxBodyBytes,
      maxRequests: config.restMaxRequests,
      maxConnections: config.restMaxConnections,
      requestTimeoutMs,
      headersTimeoutMs: Math.min(REST_HEADERS_TIMEOUT_MS, requestTimeoutMs),
    },
    isOpen,
    isExposed: isOpen && !isLoopback(host),
    jwsKey,
  }
}

function jwsKeyOf({ restFilters = '', restJwsKey }: RestConfig): Uint8Array | null {
  const filters = restFilters.split(',').map((name) => name.trim())
  const named = filters.filter((name) => name !== '')
  const { restFilters: filtersKey, restJwsKey: keyKey } = REST_KEYS
  const unknown = named.find((name) => name !== JWS_FILTER)
  if (unknown !== undefined) {
    throw new ConfigError([
      `${filtersKey.key}: ${unknown} is a class for Spark's JVM, which Hearth has not; ${JWS_FILTER} is understood, and ${TOKEN_KEYS.tokensFile.key} names tokens of Hearth's own`,
    ])
  }
  if (named.length === 0) return null
  const key = restJwsKey === undefined ? 'it is not set' : parseJwsKey(restJwsKey)
  if (typeof key !== 'string') return key
  throw new ConfigError([`${keyKey.key}: ${key}; ${JWS_FILTER} needs a base64url key of 256 bits`])
}
