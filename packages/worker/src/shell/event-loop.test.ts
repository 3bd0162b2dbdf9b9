import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseWorkerId } from '@hearth/common/domain/ids.ts'
import type { Effect } from '../core/effects.ts'
import type { Registration } from '../core/events.ts'
import { DEFAULT_SETTINGS } from '../core/settings.ts'
import { createWorker, type Worker } from '../core/worker.ts'
import { EventLoop } from './event-loop.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

const REGISTRATION: Registration = {
  ...{ clusterId: 'c1', epoch: 1, masterUrl: 'spark://m1:7077', masterWebUiUrl: '' },
  ...{ heartbeatIntervalMs: 15_000, wasLost: false, keep: [], leaseMs: 60_000 },
}

function aWorker(): Worker {
  const workerId = parseWorkerId('worker-1')
  if (workerId === undefined) throw new Error('not an id')
  return createWorker({
    ...{ workerId, host: 'w1', webUiUrl: '', fence: null, firstSequence: 1, seed: 1 },
    decommissioning: false,
    offered: { cores: 1, memoryMb: 512 },
    masters: [{ host: 'm1', port: 7077 }],
    settings: DEFAULT_SETTINGS,
  })
}

/** A loop whose effects are kept by type; `hold` makes the fence durable late. */
function aLoop(hold?: Promise<void>) {
  const seen: string[] = []
  const broken: unknown[] = []
  const loop = new EventLoop({ onBroken: (error) => void broken.push(error) })
  const run = (effect: Effect) => {
    seen.push(effect.type === 'send' ? effect.message.type : effect.type)
    return effect.type === 'persist-fence' ? hold : undefined
  }
  return { loop, run, seen, broken }
}

async function turn(): Promise<void> {
  await new Promise(setImmediate)
}

test('events wait for the worker and keep their order', async () => {
  const { loop, run, seen } = aLoop()
  loop.push({ type: 'launcher.opened', port: 1, held: [] })
  loop.push({ type: 'link.opened', link: 1 })
  await turn()
  expect(seen).toEqual([])
  loop.start(aWorker(), run)
  await turn()
  expect(seen).toEqual(['dial', 'register-worker'])
  loop.stop()
})

test('nothing happens after a fence before it is durable', async () => {
  let persisted: () => void = () => undefined
  const hold = new Promise<void>((resolve) => {
    persisted = resolve
  })
  const { loop, run, seen } = aLoop(hold)
  loop.start(aWorker(), run)
  loop.push({ type: 'launcher.opened', port: 1, held: [] })
  loop.push({ type: 'link.opened', link: 1 })
  loop.push({ type: 'master.registered', link: 1, registration: REGISTRATION })
  loop.push({ type: 'master.reregistration-asked', link: 1 })
  await turn()
  expect(seen).toEqual(['dial', 'register-worker', 'persist-fence'])
  persisted()
  await turn()
  expect(seen.slice(3)).toEqual([
    ...['note', 'announce-registered', 'renew-lease', 'heartbeat'],
    ...['note', 'register-worker'],
  ])
  loop.stop()
})

test('the clock ticks when the core has something due, and not otherwise', async () => {
  const { loop, run, seen } = aLoop()
  loop.start(aWorker(), run)
  loop.push({ type: 'launcher.opened', port: 1, held: [] })
  loop.push({ type: 'link.opened', link: 1 })
  loop.push({ type: 'master.registered', link: 1, registration: REGISTRATION })
  await turn()
  seen.length = 0
  vi.advanceTimersByTime(14_999)
  await turn()
  expect(seen).toEqual([])
  vi.advanceTimersByTime(2)
  await turn()
  expect(seen).toEqual(['heartbeat'])
  loop.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a sleep of the machine is stepped before the event that comes after it', async () => {
  const leases: number[] = []
  const slept = [0, 0, 20_000]
  const loop = new EventLoop({
    onBroken: () => undefined,
    takeSleptMs: () => slept.shift() ?? 0,
  })
  loop.start(aWorker(), (effect) => {
    if (effect.type === 'renew-lease') leases.push(effect.leaseMs)
  })
  loop.push({ type: 'launcher.opened', port: 1, held: [] })
  loop.push({ type: 'link.opened', link: 1 })
  loop.push({ type: 'master.registered', link: 1, registration: REGISTRATION })
  await turn()
  expect(leases).toEqual([40_000])
  loop.stop()
})

test('an effect that fails stops the worker, and nothing is stepped afterwards', async () => {
  const { loop, seen, broken } = aLoop()
  loop.start(aWorker(), () => {
    throw new Error('disk full')
  })
  loop.push({ type: 'launcher.opened', port: 1, held: [] })
  await turn()
  loop.push({ type: 'link.opened', link: 1 })
  await turn()
  expect(broken).toEqual([new Error('disk full')])
  expect(seen).toEqual([])
})
