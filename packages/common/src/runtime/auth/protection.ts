import { isLoopback } from '../../domain/addresses.ts'
import type { AuthSettings } from './auth-settings.ts'

/**
 * What keeps strangers from running commands through a daemon's ports: a secret that peers must prove,
 * an address that only this machine reaches, or nothing (`--insecure`). `open-rest`: the other ports are
 * protected, and submissions over REST are open to other machines (`hearth.rest.open`).
 */
export type Protection = 'secret' | 'loopback' | 'insecure' | 'open-rest'

/** The protection of a daemon that listens on `host`. */
export function protectionOf(
  host: string,
  auth: AuthSettings | null,
  isRestExposed = false,
): Protection {
  if (auth === null && !isLoopback(host)) return 'insecure'
  if (isRestExposed) return 'open-rest'
  return auth === null ? 'loopback' : 'secret'
}

/** True when whoever reaches the daemon can run commands. */
export function isInsecure(protection: Protection): protection is 'insecure' | 'open-rest' {
  return protection === 'insecure' || protection === 'open-rest'
}

/** For pages and the log: what is wrong when nothing protects a daemon; undefined otherwise. */
export function describeInsecurity(protection: 'insecure' | 'open-rest'): string
export function describeInsecurity(protection: Protection): string | undefined
export function describeInsecurity(protection: Protection): string | undefined {
  switch (protection) {
    case 'insecure':
      return 'Insecure: there is no secret, and whoever reaches this address can run any command on the cluster.'
    case 'open-rest':
      return 'Insecure: submissions over REST are open (hearth.rest.open), and whoever reaches that port can run any command on the cluster.'
    case 'secret':
    case 'loopback':
      return undefined
  }
}
