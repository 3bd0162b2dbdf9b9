// Whether a request may have been made by a web page of somebody else, in a browser that reaches this daemon.
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { bareHost } from '../../domain/addresses.ts'

/** Names of a daemon besides addresses: `localhost` and those of `hosts`. */
export function daemonNames(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(['localhost', ...hosts.map((host) => bareHost(host).toLowerCase())])
}

/**
 * What is wrong with the name by which a request came here; undefined when it is one of ours. A name of somebody
 * else may lead a browser here that takes us for that site (DNS rebinding).
 */
export function foreignHost(
  { host = '' }: IncomingHttpHeaders,
  names: ReadonlySet<string>,
): string | undefined {
  const name = hostName(host)
  if (name !== undefined && (isIP(name) !== 0 || names.has(name))) return undefined
  return `'${host}' is not a name of this daemon: use its address, or set SPARK_PUBLIC_DNS to the name`
}

/** What is wrong with the page that made the request; undefined when no page made it, or one of ours. */
export function foreignPage({ host = '', origin, ...headers }: IncomingHttpHeaders) {
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return `actions do not come from pages of ${origin}`
  }
  // Browsers say so where they send no Origin.
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  return 'actions do not come from pages of others'
}

// `name`, `name:port`, `[v6]` or `[v6]:port`.
function hostName(host: string): string | undefined {
  const [, name] = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(host) ?? []
  return name === undefined ? undefined : bareHost(name).toLowerCase()
}

/** What stands behind `Bearer` in the header `Authorization`. */
export function bearerOf({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1]
}
