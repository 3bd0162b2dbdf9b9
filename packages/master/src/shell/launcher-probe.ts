import { connect } from 'node:net'
import { bareHost } from '@hearth/common/domain/addresses.ts'
import type { DialOutcome } from '../core/events.ts'

const PROBE_TIMEOUT_MS = 3_000

/**
 * Asks whether anybody listens at a launcher's address. `gone` only when the connection is refused;
 * silence and missing routes prove nothing.
 */
export function probeLauncher(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<DialOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: bareHost(host), port, signal })
    const settle = (outcome: DialOutcome) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle('unknown'))
    socket.once('connect', () => settle('alive'))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code === 'ECONNREFUSED' ? 'gone' : 'unknown')
    })
  })
}
