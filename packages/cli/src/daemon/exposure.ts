// Who may reach a daemon: only this machine, unless peers must prove a secret or an operator insists.
import { isLoopback, parseHostPort, urlHost } from '@hearth/common/domain/addresses.ts'
import { HEARTH_SECRET_VARIABLE, SECRET_KEYS } from '@hearth/common/runtime/auth/secret.ts'
import { usageFailure } from '../command-failure.ts'

export const LOOPBACK = '127.0.0.1'

const WIDTH = SECRET_KEYS.secretFile.key.length
const WAYS_OUT = [
  'give a secret, the same on every machine of the cluster, in one of',
  `  ${HEARTH_SECRET_VARIABLE.padEnd(WIDTH)}  in the environment`,
  `  ${SECRET_KEYS.secret.key.padEnd(WIDTH)}  in spark-defaults.conf`,
  `  ${SECRET_KEYS.secretFile.key}  names a file that only its owner can read`,
  'or pass --insecure, if a firewall or a private network lets only machines you trust',
  'reach this address',
].join('\n')

export interface ExposureGrounds {
  /** Peers must prove a secret. */
  readonly hasSecret: boolean
  /** The operator said `--insecure`. */
  readonly insecure: boolean
}

/**
 * Checks the address that a daemon is to bind and advertise. Throws a usage failure for one that other
 * machines can reach without a secret or `--insecure`, and for an address that nobody can connect to.
 * Returns the host as Spark writes it, IPv6 in brackets.
 */
export function checkExposure(host: string, { hasSecret, insecure }: ExposureGrounds): string {
  const advertised = urlHost(host.trim())
  if (parseHostPort(`${advertised}:1`) === undefined) {
    throw usageFailure(`'${host}' is neither a host name nor an IP address`)
  }
  if (!isLoopback(advertised) && !hasSecret && !insecure) {
    throw usageFailure(
      `refusing to listen on ${advertised} without authentication: whoever reaches this port can run any command on the cluster`,
      WAYS_OUT,
    )
  }
  if (advertised === '0.0.0.0' || /^\[[0:]+\]$/.test(advertised)) {
    throw usageFailure(
      `${advertised} cannot be advertised: drivers and workers connect to the address given here`,
      'give the name or address by which they reach this machine, for example --host "$(hostname -f)"',
    )
  }
  return advertised
}
