// Random histories: masters that answer, refuse, lag and vanish, a launcher that dies, orders of any
// epoch, in any order. Whatever happens, the worker accounts for every executor.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { step } from './step.ts'
import { resourcesUsed } from './views.ts'
import { World, type Move } from './world.test-support.ts'

const pick = fc.nat(20)
const age = fc.constantFrom(0, 0, 0, 0, 0, 1, -1)

function moves<Act extends Move['act']>(...acts: Act[]): fc.Arbitrary<Act> {
  return fc.constantFrom(...acts)
}

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: moves('answer-dial'),
      opens: fc.constantFrom(true, true, false),
      pick,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      act: moves('register'),
      cluster: fc.constantFrom(0, 0, 0, 0, 1),
      keepOdd: fc.boolean(),
      ...{ age, pick },
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      act: moves('launch', 'launch', 'kill', 'finish'),
      application: fc.nat(3),
      executor: fc.nat(7),
      ...{ age, pick },
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      act: moves('start', 'fail', 'exit', 'acknowledge', 'fetch', 'break-fetch'),
      pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ act: moves('open-launcher', 'deadline', 'acknowledge-heartbeat') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: moves('standby', 'refuse', 'reregister', 'close-link'), pick }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: moves('launcher-dies', 'launcher-breaks', 'fail-launcher') }),
  },
)

const anyHistory = fc.array(anyMove, { maxLength: 200, size: 'max' })

test('every history keeps the invariants, and every process’s end reaches a master', () => {
  fc.assert(
    fc.property(anyHistory, fc.option(fc.nat(200)), (history, leaveAt) => {
      const world = new World()
      for (const [at, move] of history.entries()) {
        if (at === leaveAt) world.play({ act: 'decommission' })
        world.play(move)
      }
      world.settle()
      expect(world.isSettled(), JSON.stringify([...world.worker.processes])).toBe(true)
      expect(resourcesUsed(world.worker)).toEqual({ cores: 0, memoryMb: 0 })
    }),
    { numRuns: 300 },
  )
})

test('the histories are not idle ones', () => {
  const seen = { launched: 0, led: 0 }
  for (const history of fc.sample(
    fc.array(anyMove, { minLength: 100, maxLength: 150, size: 'max' }),
    100,
  )) {
    const world = new World()
    for (const move of history) {
      world.play(move)
      if (world.worker.leader !== null) seen.led++
    }
    seen.launched += world.launched.size
  }
  expect(seen.launched).toBeGreaterThan(100)
  expect(seen.led).toBeGreaterThan(1000)
})

test('a copy of a worker goes on exactly as the original', () => {
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 60, size: 'max' }), (history) => {
      const world = new World()
      for (const move of history) world.play(move)
      const copy = structuredClone(world.worker)
      for (const event of [
        { type: 'launcher.lost', reason: 'killed' },
        { type: 'clock.ticked' },
        { type: 'stop.requested', mode: 'end' },
      ] as const) {
        const at = world.now + 60_000
        expect(step(copy, event, at)).toEqual(step(world.worker, event, at))
      }
    }),
  )
})
