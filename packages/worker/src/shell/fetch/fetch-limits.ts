import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { WorkerConfig } from '../../config.ts'
import { parseDenyList } from './deny-list.ts'
import type { FetchLimits } from './fetch-session.ts'

type FetchConfig = Pick<
  WorkerConfig,
  'fetchMaxBytes' | 'fetchTimeoutMs' | 'fetchIdleMs' | 'fetchDeny' | 'fetchCaFile'
>

/** What fetches keep to, as the keys `hearth.fetch.*` say; throws with the key that says nonsense. */
export function readFetchLimits(config: FetchConfig): FetchLimits {
  const { fetchMaxBytes, fetchTimeoutMs, fetchIdleMs, fetchCaFile } = config
  return {
    ...{ maxBytes: fetchMaxBytes, timeoutMs: fetchTimeoutMs, idleMs: fetchIdleMs },
    deny: parseDenyList(config.fetchDeny),
    ...(fetchCaFile !== undefined && { trust: trustAlso(fetchCaFile) }),
  }
}

/** Trust in the authorities that Node brings, and in those of a file. */
function trustAlso(file: string): SecureContext {
  try {
    const texts = readFileSync(file, 'utf8').match(CERTIFICATE) ?? []
    if (texts.length === 0) throw new Error('it holds no certificate in PEM')
    // OpenSSL would pass over one that it cannot read.
    const own = texts.map((text) => new X509Certificate(text).toString())
    return createSecureContext({ ca: [...rootCertificates, ...own] })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`hearth.fetch.caFile: ${file} cannot be used: ${reason}`, { cause: error })
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g
