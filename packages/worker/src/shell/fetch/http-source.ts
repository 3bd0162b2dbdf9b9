import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { FetchError, type FetchSession, type OpenedSource } from './fetch-session.ts'
import { checkLiteral, explainConnection, guardedLookup, guardSocket } from './guarded-connect.ts'

/** As many as Java's HttpURLConnection follows (`http.maxRedirects`). */
const MAX_REDIRECTS = 20

const REDIRECTS: readonly (number | undefined)[] = [301, 302, 303, 307, 308]

/**
 * Opens an http or https address. Redirects are followed within http and https, never from https back to
 * http; each is judged as the first was. Throws FetchError.
 */
export async function openHttp(url: URL, session: FetchSession): Promise<OpenedSource> {
  let current = url
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const isFirstOrigin = current.origin === url.origin
    const response = await request(current, isFirstOrigin ? url : undefined, session)
    session.heard()
    if (!REDIRECTS.includes(response.statusCode)) return opened(response, current)
    response.destroy()
    current = redirectTarget(current, response.headers.location)
  }
  throw new FetchError(`it is redirected more than ${MAX_REDIRECTS} times`)
}

function opened(response: IncomingMessage, url: URL): OpenedSource {
  const refuse = (problem: string) => {
    response.destroy()
    return new FetchError(problem)
  }
  const { statusCode, statusMessage = '', headers } = response
  if (statusCode !== 200) {
    throw refuse(`${url.host} answered ${statusCode} ${printable(statusMessage)}`.trimEnd())
  }
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    throw refuse(`${url.host} encoded it as ${printable(encoding)}, which nobody asked for`)
  }
  const announced = headers['content-length']
  return {
    bytes: response as AsyncIterable<Uint8Array>,
    length: announced === undefined ? null : Number(announced),
    // A body that ends too early is an error of the stream.
    finish: async () => {},
    close: () => response.destroy(),
  }
}

function request(
  url: URL,
  credentials: URL | undefined,
  session: FetchSession,
): Promise<IncomingMessage> {
  const { deny, trust } = session.limits
  const host = url.hostname.replace(/^\[|\]$/g, '')
  checkLiteral(host, deny)
  const isSecure = url.protocol === 'https:'
  const port = Number(url.port) || (isSecure ? 443 : 80)
  return new Promise((resolve, reject) => {
    const asking = (isSecure ? https : http).request({
      ...{ host, port, path: `${url.pathname}${url.search}`, method: 'GET' },
      headers: {
        ...{ host: url.host, accept: '*/*', 'accept-encoding': 'identity' },
        'user-agent': 'hearth-worker',
        ...authorization(credentials),
      },
      // A connection of its own, closed with the answer.
      agent: false,
      ...(isSecure && trust !== undefined && { secureContext: trust }),
      lookup: guardedLookup(deny),
      signal: session.signal,
    })
    asking.on('socket', (socket) => guardSocket(socket, host, deny))
    asking.on('response', resolve)
    asking.on('error', (error) => {
      const { signal } = session
      reject(signal.aborted ? (signal.reason as Error) : explainConnection(error, host, port))
    })
    asking.end()
  })
}

function authorization(url: URL | undefined): Record<string, string> {
  if (url === undefined || url.username === '') return {}
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Where a redirect leads; throws FetchError when that is not followed. */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined) throw new FetchError(`${from.host} redirects to nowhere`)
  let to: URL
  try {
    to = new URL(location, from)
  } catch {
    throw new FetchError(`${from.host} redirects to ${shown(location)}, which is no address`)
  }
  if (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) return to
  const problem =
    to.protocol === 'http:' ? 'away from https' : `to ${shown(to.protocol)}, which is not followed`
  throw new FetchError(`${from.host} redirects ${problem}`)
}

function shown(text: string): string {
  return printable(text.slice(0, 100))
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7E]/g, '?').slice(0, 200)
}
