// host:port pairs and Spark's master URLs. Hosts are kept as the peer wrote them: a Spark process
// compares addresses as strings. An IPv6 literal keeps its brackets.

export interface HostPort {
  readonly host: string
  readonly port: number
}

const MAX_HOST_LENGTH = 255
const HOST = /^(?:\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\]|[A-Za-z0-9_.-]+)$/

/** `host:port`; the inverse of {@link parseHostPort}. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${host}:${port}`
}

/** Reads `host:port` or `[v6]:port` with a port of 1–65535; undefined for anything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const at = text.lastIndexOf(':')
  if (at <= 0) return undefined
  const host = text.slice(0, at)
  const digits = text.slice(at + 1)
  if (host.length > MAX_HOST_LENGTH || !HOST.test(host) || !/^\d{1,5}$/.test(digits))
    return undefined
  const port = Number(digits)
  return port >= 1 && port <= 65_535 ? { host, port } : undefined
}

/** The host as `net.connect` and `listen` want it: without the brackets of an IPv6 literal. */
export function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** The host as it stands in URLs: an IPv6 literal in brackets. */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

export const DEFAULT_MASTER_PORT = 7077

/**
 * Reads Spark's master list `spark://h1:p1,h2:p2`; every entry needs a port, as in Spark. Returns the
 * addresses, or a sentence that says what is wrong.
 */
export function parseMasterUrl(text: string): readonly HostPort[] | string {
  const scheme = 'spark://'
  if (!text.startsWith(scheme)) return `master URL '${text}' does not start with ${scheme}`
  const masters: HostPort[] = []
  for (const part of text.slice(scheme.length).split(',')) {
    const address = parseHostPort(part)
    if (address === undefined) {
      return `master URL '${text}': '${part}' is not host:port (for example spark://m1:7077,m2:7077)`
    }
    masters.push(address)
  }
  return masters
}

/** `spark://host:port`. */
export function formatMasterUrl(address: HostPort): string {
  return `spark://${formatHostPort(address)}`
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host).toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare)
}
