// The real loop and effect runner over a store that fails on demand: what was accepted is in it at every moment.
import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { captureLog } from '../../../../test/support/captured-log.ts'
import { createCluster } from '../core/cluster.ts'
import type { WorkerMessage } from '../core/effects.ts'
import type { StoredRecord } from '../core/records.ts'
import { parseCommand } from '../core/scenarios/commands.ts'
import { DEFAULT_SETTINGS } from '../core/settings.ts'
import { createEffectRunner } from './effect-runner.ts'
import { EventLoop } from './event-loop.ts'
import type { Store } from './store/store.ts'

/** Tells of each write what became of it, when the loop has heard that too. */
class FailingStore extends EventEmitter implements Store {
  isFailing = false
  readonly records = new Map<string, StoredRecord>()

  write: Store['write'] = (key, record, done) => {
    setImmediate(() => {
      const isFailed = this.isFailing
      if (!isFailed && record === null) this.records.delete(key)
      if (!isFailed && record !== null) this.records.set(key, record)
      done(isFailed ? 'disk full' : undefined)
      const outcome = isFailed ? 'failed' : record === null ? 'deleted' : 'written'
      setImmediate(() => this.emit(key, outcome))
    })
  }

  /** What becomes of the next write of the driver with this number. */
  async next(driver: number): Promise<string> {
    const [outcome] = (await once(this, keyOf(driver))) as string[]
    return outcome ?? ''
  }

  get drivers(): string[] {
    return [...this.records.keys()].filter((key) => key.startsWith('driver/'))
  }
}

const keyOf = (driver: number) => `driver/driver-19700101000000-000${driver}`

let store: FailingStore
let loop: EventLoop
let sent: WorkerMessage[]
let seconds: number
let broken: unknown[]
let command: (line: string) => void

beforeEach(() => {
  store = new FailingStore()
  sent = []
  seconds = 0
  broken = []
  const cluster = createCluster(DEFAULT_SETTINGS, 0)
  const nothing = () => undefined
  const run = createEffectRunner({
    store,
    spark: {
      ...{ send: nothing, reply: nothing, forget: nothing, ask: nothing, disconnect: nothing },
      dial: () => Promise.resolve(),
    },
    cluster: { send: (_peer, message) => void sent.push(message), disconnect: nothing },
    replyHttp: nothing,
    push: (event) => loop.push(event),
    log: captureLog().log,
    probe: { ask: () => Promise.resolve('unknown') },
  })
  loop = new EventLoop({
    ...{ cluster, run, onBroken: (error) => void broken.push(error) },
    now: () => ({ mono: seconds * 1000, wall: 0 }),
  })
  command = (line) => loop.push(parseCommand(`${seconds} ${line}`, cluster).event)
})

afterEach(() => {
  loop.stop()
  expect(broken).toEqual([])
})

test('a relaunched driver is written again until it is durable, and the record of the lost one stays until then', async () => {
  command('register w1')
  command('register w2')
  command('driver r1 supervise=true')
  expect(await store.next(0)).toBe('written')
  expect(await store.next(0)).toBe('written')
  command('driver-report w1 driver0#1 running')

  store.isFailing = true
  command('stopping w1')
  expect(await store.next(1)).toBe('failed')
  expect(store.drivers).toEqual([keyOf(0)])
  seconds = 1
  command('tick')
  expect(await store.next(1)).toBe('failed')
  expect(store.drivers).toEqual([keyOf(0)])
  expect(sent.filter(({ type }) => type === 'launch-driver')).toHaveLength(1)

  store.isFailing = false
  seconds = 3
  command('tick')
  expect(await store.next(1)).toBe('written')
  expect(store.drivers).toEqual([keyOf(0), keyOf(1)])
  expect(store.records.get(keyOf(1))).toMatchObject({ workerId: null })
  expect(await store.next(0)).toBe('deleted')
  expect(store.drivers).toEqual([keyOf(1)])
  expect(await store.next(1)).toBe('written')
  expect(store.records.get(keyOf(1))).toMatchObject({ workerId: 'w2', attempt: 1 })
})
