// The core alone: how many executors per second it places on a pool of 10,000 nodes, without sockets,
// processes or a store. All goes through step(), as in a running master.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import { parseWorkerId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import { createRandom, drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { createCluster, type Cluster } from '../../packages/master/src/core/cluster.ts'
import type { MasterEvent } from '../../packages/master/src/core/events.ts'
import { DEFAULT_SETTINGS } from '../../packages/master/src/core/settings.ts'
import { isPlacementDue } from '../../packages/master/src/core/scheduling.ts'
import { step } from '../../packages/master/src/core/step.ts'

export interface CoreBenchOptions {
  readonly nodes: number
  readonly seed: number
}

/** What one kind of application asks for; `share` is its part of all cores, in percent. */
interface Kind {
  readonly name: string
  readonly cores: number | null
  readonly memoryMb: number
  readonly maxCores: number
}

// What people run side by side: small interactive jobs, batch with middling executors, memory-hungry
// ones, and applications that leave the number of cores to the worker.
const KINDS: readonly Kind[] = [
  { name: 'interactive', cores: 1, memoryMb: 1_024, maxCores: 20 },
  { name: 'batch', cores: 4, memoryMb: 8_192, maxCores: 400 },
  { name: 'memory', cores: 2, memoryMb: 30_000, maxCores: 60 },
  { name: 'whole workers', cores: null, memoryMb: 4_096, maxCores: 160 },
  { name: 'wide', cores: 1, memoryMb: 2_048, maxCores: 2_000 },
]
const NODE_SIZES = [
  { cores: 16, memoryMb: 65_536 },
  { cores: 32, memoryMb: 131_072 },
  { cores: 64, memoryMb: 262_144 },
]

const APPLICATIONS_PER_BATCH = 8

export interface CorePlacement {
  readonly placements: number
  readonly seconds: number
  readonly applications: number
}

/** An executor that the core ordered a worker to start. */
interface Order {
  readonly peer: string
  readonly applicationId: ApplicationId
  readonly executor: number
}

/** Drives one cluster and counts what it orders. */
export class CoreDriver {
  readonly cluster: Cluster = createCluster(DEFAULT_SETTINGS, 0)
  readonly orders: Order[] = []
  #startedAt = cpuSeconds()
  #placedBefore = 0
  #mono = 0
  #applications = 0

  /** Steps the event, and what a memory store answers at once. */
  push(event: MasterEvent): void {
    this.#mono += 0.01
    const effects = step(this.cluster, event, { mono: this.#mono, wall: this.#mono })
    for (const effect of effects) {
      if (effect.type === 'persist' && effect.record !== null) {
        this.push({ type: 'record.persisted', key: effect.key })
      } else if (effect.type === 'send-worker' && effect.message.type === 'launch-executor') {
        const { applicationId, executor } = effect.message
        this.orders.push({ peer: effect.peer, applicationId, executor })
      }
    }
  }

  /** Everything that was launched has run for long enough to count as working. The clock stands. */
  proveExecutors(): void {
    const before = cpuSeconds()
    this.#mono += 2 * DEFAULT_SETTINGS.provenAfterMs
    this.push({ type: 'clock.ticked' })
    this.#startedAt += cpuSeconds() - before
  }

  /** One pass, if anything made one due. */
  place(): void {
    if (isPlacementDue(this.cluster)) this.push({ type: 'placement.due' })
  }

  addNode(index: number, offered: { cores: number; memoryMb: number }): void {
    const workerId = parseWorkerId(`worker-${index}`)
    if (workerId === undefined) throw new Error('not an id')
    const registration = {
      workerId,
      host: `node-${index}`,
      launcherPort: 7078,
      webUiUrl: '',
      offered,
      ...{ held: [], heldDrivers: [], driverGraceMs: 10_000 },
      decommissioning: false,
    }
    this.push({ type: 'worker.register-requested', peer: `w-${index}`, registration })
  }

  addApplication(kind: Kind): void {
    this.#applications += 1
    const peer = `d-${this.#applications}`
    const description: ApplicationDescription = {
      name: kind.name,
      user: 'bench',
      maxCores: kind.maxCores,
      executorLimit: null,
      executor: { cores: kind.cores, memoryMb: kind.memoryMb },
      uiUrl: '',
      payload: { kind: 'spark-executor' },
    }
    this.push({ type: 'application.register-requested', peer, client: peer, description })
  }

  /** What counts begins here. */
  startClock(): void {
    this.#startedAt = cpuSeconds()
    this.#placedBefore = this.orders.length
  }

  /**
   * What was placed since the clock was started, in seconds of CPU: those of the whole process, so that
   * other programs on the machine do not count, and garbage collection does.
   */
  readClock(): CorePlacement {
    return {
      placements: this.orders.length - this.#placedBefore,
      seconds: cpuSeconds() - this.#startedAt,
      applications: this.#applications,
    }
  }

  report(order: Order, state: 'running' | 'exited'): void {
    const { peer, applicationId, executor } = order
    const exitCode = state === 'exited' ? 0 : null
    const end = { exitCode, message: null, hint: null }
    const report = { sequence: 1, applicationId, executor, state, ...end }
    this.push({ type: 'executor.state-reported', peer, report })
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** A pool of nodes of three sizes in which nothing runs yet. */
export function emptyPool(nodes: number, random: RandomState): CoreDriver {
  const driver = new CoreDriver()
  for (let index = 0; index < nodes; index += 1) {
    const size = NODE_SIZES[drawInteger(random, NODE_SIZES.length)]
    if (size !== undefined) driver.addNode(index, size)
  }
  driver.place()
  return driver
}

/** Applications of all kinds register, a few per batch as they come in life, until nothing more fits. */
function fill(driver: CoreDriver, random: RandomState): void {
  for (let before = -1; driver.orders.length > before;) {
    before = driver.orders.length
    for (let index = 0; index < APPLICATIONS_PER_BATCH; index += 1) {
      const kind = KINDS[drawInteger(random, KINDS.length)]
      if (kind !== undefined) driver.addApplication(kind)
    }
    driver.place()
  }
}

/** From an empty pool to a full one. */
export function fillPool({ nodes, seed }: CoreBenchOptions): CorePlacement {
  const random = createRandom(seed)
  const driver = emptyPool(nodes, random)
  driver.startClock()
  fill(driver, random)
  return driver.readClock()
}

/**
 * A full pool in which executors end and are replaced: `batches` times `perBatch` random executors end,
 * one pass follows, and what it launched runs.
 */
export function churnPool(
  { nodes, seed }: CoreBenchOptions,
  { batches, perBatch }: { readonly batches: number; readonly perBatch: number },
): CorePlacement {
  const random = createRandom(seed)
  const driver = emptyPool(nodes, random)
  fill(driver, random)
  const alive = [...driver.orders]
  for (const order of alive) driver.report(order, 'running')
  driver.proveExecutors()
  driver.startClock()
  for (let batch = 0; batch < batches; batch += 1) {
    const before = driver.orders.length
    for (let index = 0; index < perBatch; index += 1) {
      const at = drawInteger(random, alive.length)
      const [ended] = alive.splice(at, 1, ...alive.splice(-1))
      if (ended !== undefined) driver.report(ended, 'exited')
    }
    driver.place()
    const launched = driver.orders.slice(before)
    for (const order of launched) driver.report(order, 'running')
    driver.proveExecutors()
    alive.push(...launched)
  }
  return driver.readClock()
}
