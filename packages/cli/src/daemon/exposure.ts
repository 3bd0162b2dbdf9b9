// Who may reach a daemon. Until there is authentication, only this machine, unless told otherwise.
import { isLoopback, parseHostPort, urlHost } from '@hearth/common/domain/addresses.ts'
import { usageFailure } from '../command-failure.ts'

export const LOOPBACK = '127.0.0.1'

const INSECURE_HINT = [
  `keep to ${LOOPBACK}, or pass --insecure if only machines you trust can reach this address`,
  '(a firewall or a private network); authentication with spark.authenticate.secret arrives with',
  'the next release',
].join('\n')

/**
 * Checks the address that a daemon is to bind and advertise. Throws a usage failure for an address that
 * nobody can connect to, and for one that other machines can reach without `--insecure`. Returns
 * the host as Spark writes it, IPv6 in brackets.
 */
export function checkExposure(host: string, insecure: boolean): string {
  const advertised = urlHost(host.trim())
  if (parseHostPort(`${advertised}:1`) === undefined) {
    throw usageFailure(`'${host}' is neither a host name nor an IP address`)
  }
  if (advertised === '0.0.0.0' || /^\[[0:]+\]$/.test(advertised)) {
    throw usageFailure(
      `${advertised} cannot be advertised: drivers and workers connect to the address given here`,
      'give the name or address by which they reach this machine, for example --host "$(hostname -f)"',
    )
  }
  if (!isLoopback(advertised) && !insecure) {
    throw usageFailure(
      `refusing to listen on ${advertised} without authentication: whoever reaches this port can run any command on the cluster`,
      INSECURE_HINT,
    )
  }
  return advertised
}
