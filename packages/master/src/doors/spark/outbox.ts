// What waits for a driver that does not read.
import type { ClientMessage } from '../../core/effects.ts'
import type { SparkPeer } from './peer.ts'

const MAX_OUTBOX = 10_000

/**
 * While a driver does not read, only the newest state of each executor waits for it. Of executors that
 * came and went in crowds while it slept the oldest ends are forgotten: it never knew them.
 */
export function postpone(peer: SparkPeer, message: ClientMessage, write: () => void): void {
  const key = message.type === 'executor-updated' ? `executor ${message.executor}` : message.type
  if (message.type === 'executor-added') return
  peer.outbox.delete(key)
  peer.outbox.set(key, write)
  const [oldest] = peer.outbox.keys()
  if (peer.outbox.size > MAX_OUTBOX && oldest !== undefined) peer.outbox.delete(oldest)
}

/** The driver has caught up: everything that waits leaves. */
export function flush(peer: SparkPeer): void {
  const waiting = [...peer.outbox.values()]
  peer.outbox.clear()
  for (const write of waiting) write()
}
