// Rules about what the master says, checked as it says it.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ApplicationState } from '@hearth/common/domain/states.ts'
import { workerOfPeer, type Cluster } from '@hearth/master/core/cluster.ts'
import type { Effect } from '@hearth/master/core/effects.ts'
import { applicationKey, workerKey } from '@hearth/master/core/records.ts'
import { RuleBroken } from '../world.ts'

interface Durable {
  has(key: string): boolean
}

export class OrderBook {
  readonly #ordered = new Set<string>()
  readonly #ends = new Map<string, ApplicationState>()

  /** Throws {@link RuleBroken} when this effect must not be. */
  check(effect: Effect, cluster: Cluster, store: Durable): void {
    if (effect.type === 'persist' && effect.record === null) this.#noteEnd(effect.key, cluster)
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

  /** How the application ended; undefined when it has not. */
  endOf(id: ApplicationId): ApplicationState | undefined {
    return this.#ends.get(applicationKey(id))
  }

  #noteEnd(key: string, { applications, completed }: Cluster): void {
    for (const { id, state } of [...applications.values(), ...completed.slice(-1)]) {
      if (applicationKey(id) === key) this.#ends.set(key, state)
    }
  }
}

function needsRecord(key: string, store: Durable): void {
  if (!store.has(key)) throw new RuleBroken(`${key} is announced before it is durable`)
}
