// Rules about what the master says, checked as it says it.
import { workerOfPeer, type Cluster } from '@hearth/master/core/cluster.ts'
import type { Effect } from '@hearth/master/core/effects.ts'
import { applicationKey, workerKey } from '@hearth/master/core/records.ts'
import { RuleBroken } from '../world.ts'

interface Durable {
  has(key: string): boolean
}

export class OrderBook {
  readonly #ordered = new Set<string>()

  /** Throws {@link RuleBroken} when this effect must not be. */
  check(effect: Effect, cluster: Cluster, store: Durable): void {
    if (effect.type === 'send-client' && effect.message.type === 'application-registered') {
      needsRecord(applicationKey(effect.message.applicationId), store)
    }
    if (effect.type !== 'send-worker') return
    const worker = workerOfPeer(cluster, effect.peer)
    if (effect.message.type === 'registered' && worker !== undefined) {
      needsRecord(workerKey(worker.id), store)
    }
    if (effect.message.type === 'launch-executor') {
      const name = `${effect.message.applicationId}/${effect.message.executor}`
      if (this.#ordered.has(name)) throw new RuleBroken(`executor ${name} is ordered twice`)
      this.#ordered.add(name)
    }
  }
}

function needsRecord(key: string, store: Durable): void {
  if (!store.has(key)) throw new RuleBroken(`${key} is announced before it is durable`)
}
