// Connections that keep to the deny list. What counts is the address that is connected to: names are judged
// when they are resolved for that very connection, so that a name that changes its mind gains nothing.
import dns from 'node:dns'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import type { IsDenied } from './deny-list.ts'
import { FetchError } from './fetch-session.ts'

/** A `lookup` for sockets that fails for a name of which an address is denied. */
export function guardedLookup(deny: IsDenied, resolve = dns.lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const denied = addresses.find(({ address }) => deny(address))
      if (denied !== undefined) return callback(denial(host, denied.address), '', 0)
      if (options.all === true) return callback(null, addresses)
      const [first] = addresses
      if (first === undefined) return callback(new FetchError(`${host} has no address`), '', 0)
      callback(null, first.address, first.family)
    })
  }
}

/** Throws for a host that is a denied address itself: those are not looked up. */
export function checkLiteral(host: string, deny: IsDenied): void {
  if (isIP(host) !== 0 && deny(host)) throw denial(host, host)
}

/** Ends a socket that has, by whatever way, reached a denied address. */
export function guardSocket(socket: Socket, host: string, deny: IsDenied): void {
  socket.once('connect', () => {
    const { remoteAddress } = socket
    if (remoteAddress !== undefined && deny(remoteAddress)) {
      socket.destroy(denial(host, remoteAddress))
    }
  })
}

function denial(host: string, address: string): FetchError {
  const where = host === address ? address : `${host} (${address})`
  return new FetchError(`nothing is fetched from ${where}, which hearth.fetch.deny names`)
}

// As OpenSSL names what an unknown authority comes to.
const UNTRUSTED = new Set([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])

/** The reason of a failed connection in the words of whoever knows the host. */
export function explainConnection(error: Error, host: string, port: number): FetchError {
  if (error instanceof FetchError) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new FetchError(`this worker’s name service does not know the host ${host}`)
  }
  const advice = code !== undefined && UNTRUSTED.has(code) ? ' (hearth.fetch.caFile)' : ''
  return new FetchError(`${host}:${port}: ${error.message === '' ? code : error.message}${advice}`)
}
