import { connect, type Socket } from 'node:net'
import { bareHost } from '@hearth/common/domain/addresses.ts'
import type { DialOutcome } from '../core/events.ts'

/** How long a launcher may take to accept a connection. */
export const LAUNCHER_PROBE_TIMEOUT_MS = 3_000

/** Asks whether anybody listens at a launcher's address. */
export class LauncherProbe {
  readonly #open = new Set<Socket>()
  #isStopped = false

  /**
   * `gone` only when the connection is refused; silence and missing routes prove nothing. Never
   * rejects; a probe that is under way when everything stops says `unknown`.
   */
  ask(host: string, port: number): Promise<DialOutcome> {
    if (this.#isStopped) return Promise.resolve('unknown')
    return new Promise((resolve) => {
      const socket = connect({ host: bareHost(host), port })
      this.#open.add(socket)
      const settle = (outcome: DialOutcome) => {
        resolve(outcome)
        socket.destroy()
      }
      socket.setTimeout(LAUNCHER_PROBE_TIMEOUT_MS, () => settle('unknown'))
      socket.once('connect', () => settle('alive'))
      socket.once('error', (error: NodeJS.ErrnoException) => {
        settle(error.code === 'ECONNREFUSED' ? 'gone' : 'unknown')
      })
      socket.once('close', () => {
        this.#open.delete(socket)
        resolve('unknown')
      })
    })
  }

  stop(): void {
    this.#isStopped = true
    for (const socket of this.#open) socket.destroy()
  }
}
