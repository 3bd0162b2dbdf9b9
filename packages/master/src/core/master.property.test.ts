// Random orders of everything that can happen: whatever comes, the books agree after each step.
import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { createCluster, type Cluster } from './cluster.ts'
import type { Effect } from './effects.ts'
import type { MasterEvent, Now } from './events.ts'
import { checkInvariants } from './invariants.ts'
import { driverKey } from './records.ts'
import { parseCommand } from './scenarios/commands.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { isPlacementDue } from './scheduling.ts'
import { step } from './step.ts'

const worker = fc.constantFrom('w1', 'w2', 'w3')
const driver = fc.constantFrom('d1', 'd2')
const peer = fc.constantFrom('w1', 'w2', 'w3', 'd1', 'd2', 'x', 'y')
const application = fc.constantFrom('app0', 'app1', 'app2', 'app3')
const executor = fc.tuple(application, fc.nat({ max: 6 })).map(([app, n]) => `${app}/${n}`)
const driverRun = fc
  .tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 3 }))
  .map(([number, attempt]) => `driver${number}#${attempt}`)
const state = fc.constantFrom('running', 'exited', 'failed', 'killed', 'lost')
const outcome = fc.constantFrom('alive', 'gone', 'unknown')
const size = fc.integer({ min: -1, max: 5 })

const command = fc.oneof(
  fc.tuple(worker, size, peer, fc.array(executor, { maxLength: 3 })).map(([w, cores, p, held]) => {
    return `register ${w} cores=${cores} gpu=${Math.max(0, cores - 2)} peer=${p} held=${held.map((one) => `${one}:running`).join(',')}`
  }),
  fc.tuple(driver, size, peer).map(([d, max, p]) => `application ${d} max=${max} peer=${p}`),
  fc.tuple(driver, fc.integer({ min: 1, max: 2 }), peer).map(([d, cores, p]) => {
    return `application ${d} cores=${cores} peer=${p}`
  }),
  fc.tuple(peer, executor, state).map(([p, e, s]) => `report ${p} ${e} ${s} exit=1`),
  fc.tuple(peer, application).map(([p, app]) => `unregister ${p} ${app}`),
  fc.tuple(peer, application, fc.nat({ max: 4 })).map(([p, app, n]) => {
    return `request-executors ${p} ${app} ${n}`
  }),
  fc
    .tuple(
      peer,
      application,
      fc.integer({ min: 1, max: 3 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 2 }),
    )
    .map(([p, app, profile, n, gpus]) => {
      return `request-executors ${p} ${app} ${profile}:${n}${gpus > 0 ? ` gpu=${gpus}` : ''}`
    }),
  peer.map((p) => `decommission ${p}`),
  fc.tuple(peer, application, fc.nat({ max: 4 })).map(([p, app, n]) => {
    return `kill-executors ${p} ${app} ${n}`
  }),
  application.map((app) => `kill ${app}`),
  fc.tuple(application, outcome, peer).map(([app, o, p]) => {
    return o === 'alive' ? `dialled ${app} ${o} peer=${p}` : `dialled ${app} ${o}`
  }),
  fc.tuple(worker, outcome).map(([w, o]) => `launcher ${w} ${o}`),
  peer.map((p) => `client-closed ${p}`),
  peer.map((p) => `worker-closed ${p}`),
  peer.map((p) => `heartbeat ${p}`),
  peer.map((p) => `stopping ${p}`),
  fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.nat({ max: 2 }),
      fc.boolean(),
      fc.option(size, { nil: null }),
    )
    .map(([cores, gpus, supervise, first]) => {
      const needs = first === null ? '' : ` executor=${first}:512`
      return `driver r cores=${cores}${gpus > 0 ? ` gpu=${gpus}` : ''} supervise=${supervise}${needs}`
    }),
  fc
    .tuple(peer, driverRun, state, fc.nat({ max: 1 }))
    .map(([p, of, s, exit]) => `driver-report ${p} ${of} ${s} exit=${exit}`),
  fc.tuple(worker, peer, fc.array(driverRun, { maxLength: 3 })).map(([w, p, runs]) => {
    return `register ${w} cores=4 peer=${p} runs=${runs.join(',')}`
  }),
  fc.nat({ max: 5 }).map((number) => `kill-driver driver${number}`),
  fc.constant('kill-all-drivers'),
  fc.constant('tick'),
)

const script = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), command, fc.boolean()), {
  maxLength: 60,
})

/** The keys of what is durable. A store that takes no record deletes all the same: there is nothing worse. */
type Durable = Set<string>

/** Runs the script and returns everything that was asked for, checking the books at each step. */
function run(
  events: readonly (readonly [number, string, boolean])[],
  onPlaced: (cluster: Cluster, now: Now, durable: Durable) => void = () => undefined,
): Effect[] {
  const settings = { ...DEFAULT_SETTINGS, maxExecutorRetries: 6, quarantineFailures: 1 }
  const cluster = createCluster(settings, 0)
  const all: Effect[] = []
  const durable: Durable = new Set()
  let seconds = 0
  for (const [pause, line, storeWorks] of events) {
    seconds += pause
    const { event } = parseCommand(`${seconds} ${line}`, cluster)
    const now = { mono: seconds * 1000, wall: seconds * 1000 }
    all.push(...stepBatch(cluster, event, now, { durable, storeWorks }))
    onPlaced(cluster, now, durable)
  }
  return all
}

function stepBatch(
  cluster: Cluster,
  first: MasterEvent,
  now: Now,
  { durable, storeWorks }: { durable: Durable; storeWorks: boolean },
): Effect[] {
  const effects: Effect[] = []
  const queue: MasterEvent[] = [first]
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    for (const effect of step(cluster, event, now)) {
      effects.push(effect)
      if (effect.type !== 'persist') continue
      const { key, record } = effect
      if (record === null) durable.delete(key)
      else if (!storeWorks) queue.push({ type: 'record.persist-failed', key, reason: 'full' })
      else {
        durable.add(key)
        queue.push({ type: 'record.persisted', key })
      }
    }
    checkInvariants(cluster)
    if (queue.length === 0 && isPlacementDue(cluster)) queue.push({ type: 'placement.due' })
  }
  return effects
}

test('the books agree after any events in any order', () => {
  fc.assert(
    fc.property(script, (events) => {
      run(events)
    }),
    { numRuns: 2_000 },
  )
})

test('after a pass, be it for newcomers alone, one for everybody has nothing to give', () => {
  fc.assert(
    fc.property(script, (events) => {
      run(events, (cluster, now) => {
        cluster.placementDue = true
        const orders = step(cluster, { type: 'placement.due' }, now).filter(
          ({ type }) => type === 'send-worker',
        )
        expect(orders).toEqual([])
      })
    }),
    { numRuns: 2_000 },
  )
})

test('a run of a driver is ordered once, and never again', () => {
  fc.assert(
    fc.property(script, (events) => {
      const ordered = run(events).flatMap((effect) =>
        effect.type === 'send-worker' && effect.message.type === 'launch-driver'
          ? [`${effect.message.driverId}#${effect.message.attempt}`]
          : [],
      )
      expect(new Set(ordered).size).toBe(ordered.length)
    }),
    { numRuns: 1_000 },
  )
})

test('every submission of a driver is answered once its record is written or not', () => {
  fc.assert(
    fc.property(script, (events) => {
      const asked = events.filter(([, line]) => line.startsWith('driver r')).length
      const answers = run(events).filter(
        (effect) => effect.type === 'reply' && effect.request === 'r',
      )
      expect(answers).toHaveLength(asked)
    }),
    { numRuns: 500 },
  )
})

test('a driver that was accepted is in the store until it is over, under its id or its former one', () => {
  // Few scripts come by themselves to a driver that can be relaunched.
  const begin = ['register w1', 'register w2', 'driver r supervise=true', 'driver r supervise=true']
  const beginning = begin.map((line) => [0, line, true] as const)
  fc.assert(
    fc.property(script, (events) => {
      run([...beginning, ...events], ({ drivers }, _now, durable) => {
        for (const { id, relaunchOf } of drivers.values()) {
          const ids = relaunchOf === null ? [id] : [id, relaunchOf]
          expect(ids.some((one) => durable.has(driverKey(one)))).toBe(true)
        }
      })
    }),
    { numRuns: 1_000 },
  )
})

test('a store that works holds the drivers that are not over, and no others', () => {
  fc.assert(
    fc.property(script, (events) => {
      const works = events.map(([pause, line]) => [pause, line, true] as const)
      run(works, ({ drivers }, _now, durable) => {
        const held = [...durable].filter((key) => key.startsWith('driver/'))
        expect(held.sort()).toEqual([...drivers.keys()].map(driverKey).sort())
      })
    }),
    { numRuns: 500 },
  )
})

test('the same events give the same effects', () => {
  fc.assert(
    fc.property(script, (events) => {
      expect(run(events)).toEqual(run(events))
    }),
    { numRuns: 200 },
  )
})

test('an executor number is launched once, and never again for its application', () => {
  fc.assert(
    fc.property(script, (events) => {
      const launched = run(events).flatMap((effect) =>
        effect.type === 'send-worker' && effect.message.type === 'launch-executor'
          ? [`${effect.message.applicationId}/${effect.message.executor}`]
          : [],
      )
      expect(new Set(launched).size).toBe(launched.length)
    }),
    { numRuns: 500 },
  )
})
