import { isLoopback } from '../../domain/addresses.ts'
import type { AuthSettings } from './auth-settings.ts'

/**
 * What keeps strangers from running commands through a daemon's ports: a secret that peers must prove,
 * an address that only this machine reaches, or nothing (`--insecure`).
 */
export type Protection = 'secret' | 'loopback' | 'insecure'

/** The protection of a daemon that listens on `host`. */
export function protectionOf(host: string, auth: AuthSettings | null): Protection {
  if (auth !== null) return 'secret'
  return isLoopback(host) ? 'loopback' : 'insecure'
}

/** For pages: what is wrong when nothing protects a daemon; undefined otherwise. */
export function describeInsecurity(protection: Protection): string | undefined {
  if (protection !== 'insecure') return undefined
  return 'Insecure: there is no secret, and whoever reaches this address can run any command on the cluster.'
}
