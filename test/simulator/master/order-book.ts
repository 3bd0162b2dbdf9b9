// Rules about what the master says, checked as it says it.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ApplicationState } from '@hearth/common/domain/states.ts'
import { workerOfPeer, type Cluster } from '@hearth/master/core/cluster.ts'
import type { Effect } from '@hearth/master/core/effects.ts'
import {
  applicationKey,
  driverKey,
  workerKey,
  type DriverRecord,
} from '@hearth/master/core/records.ts'
import { RuleBroken } from '../world.ts'

interface Durable {
  read(key: string): unknown
}

export class OrderBook {
  readonly #store: Durable
  readonly #ordered = new Set<string>()
  readonly #ends = new Map<string, ApplicationState>()

  constructor(store: Durable) {
    this.#store = store
  }

  /** Throws {@link RuleBroken} when this effect must not be. */
  check(effect: Effect, cluster: Cluster): void {
    if (effect.type === 'persist' && effect.record === null) {
      this.#noteEnd(effect.key, cluster)
      this.#needsSuccessor(effect.key, cluster)
    }
    if (effect.type === 'send-client' && effect.message.type === 'application-registered') {
      this.#needsRecord(applicationKey(effect.message.applicationId))
    }
    if (effect.type === 'reply' && effect.reply.type === 'driver-submitted') {
      this.#needsRecord(driverKey(effect.reply.driverId))
    }
    if (effect.type !== 'send-worker') return
    const worker = workerOfPeer(cluster, effect.peer)
    if (effect.message.type === 'registered' && worker !== undefined) {
      this.#needsRecord(workerKey(worker.id))
    }
    if (effect.message.type === 'launch-executor') {
      this.#order(`${effect.message.applicationId}/${effect.message.executor}`)
    }
    if (effect.message.type === 'launch-driver') {
      const { driverId, attempt } = effect.message
      this.#order(`${driverId}#${attempt}`)
      const record = this.#needsRecord(driverKey(driverId)) as DriverRecord
      if (record.attempt !== attempt || record.workerId !== worker?.id) {
        throw new RuleBroken(`run ${attempt} of ${driverId} is ordered before it is durable`)
      }
    }
  }

  /** How the application ended; undefined when it has not. */
  endOf(id: ApplicationId): ApplicationState | undefined {
    return this.#ends.get(applicationKey(id))
  }

  #order(name: string): void {
    if (this.#ordered.has(name)) throw new RuleBroken(`${name} is ordered twice`)
    this.#ordered.add(name)
  }

  #needsRecord(key: string): unknown {
    const record = this.#store.read(key)
    if (record === undefined) throw new RuleBroken(`${key} is announced before it is durable`)
    return record
  }

  // What was accepted is never without a record: that of a lost driver stays until the next one's is durable.
  #needsSuccessor(key: string, { drivers, completedDrivers }: Cluster): void {
    const successor = completedDrivers.findLast(({ id }) => driverKey(id) === key)?.relaunchedAs
    if (successor == null || !drivers.has(successor)) return
    if (this.#store.read(driverKey(successor)) !== undefined) return
    throw new RuleBroken(`${key} is deleted, and ${successor} in its place is not durable`)
  }

  #noteEnd(key: string, { applications, completed }: Cluster): void {
    for (const { id, state } of [...applications.values(), ...completed.slice(-1)]) {
      if (applicationKey(id) === key) this.#ends.set(key, state)
    }
  }
}
