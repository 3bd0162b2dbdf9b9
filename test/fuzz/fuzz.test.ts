// A short run over every target, the same one every time. A long one: npm run bench -- fuzz.
import { expect, test } from 'vitest'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { randomBytes } from './engine/draw.ts'
import { settledBytes } from './engine/memory.ts'
import { attempt, demand } from './engine/oracle.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'
import { formatFinding, runTarget } from './engine/run-target.ts'
import type { FuzzTarget } from './engine/target.ts'
import { TARGETS } from './targets.ts'

const SEED = 1
const INPUTS = 15_000
const MIN_INPUTS = 30
const WARM_UP_INPUTS = 5
const SHARES = TARGETS.reduce((sum, { share }) => sum + share, 0)
const MIB = 1024 * 1024
/** Far more than the garbage that is left, far less than a leak of one message an input. */
const MAX_GROWN_BYTES = 24 * MIB

test.each(TARGETS.map((target) => [target.name, target.about, target] as const))(
  '%s: %s',
  async (_name, _about, target) => {
    const count = Math.max(MIN_INPUTS, Math.ceil((INPUTS * target.share) / SHARES))
    await runTarget(target, { seed: SEED + 1, first: 0, count: WARM_UP_INPUTS })
    const before = await settledBytes()
    const { findings, taken } = await runTarget(target, { seed: SEED, first: 0, count })
    expect(findings.map(formatFinding)).toEqual([])
    // Mutations that nothing survives, or that change nothing, find nothing.
    expect(taken / count).toBeGreaterThan(0.01)
    expect(taken / count).toBeLessThan(0.95)
    expect((await settledBytes()) - before).toBeLessThan(MAX_GROWN_BYTES)
  },
)

const LENIENT_HANG_MS = 100

const LENIENT: FuzzTarget = {
  name: 'lenient',
  about: 'a decoder with three faults',
  share: 1,
  open: () => (random, note) => {
    const bytes = randomBytes(random, 8)
    note(bytes)
    return attempt(() => {
      const [first = 0, second = 0] = bytes
      if (first < 64) throw new ProtocolError('refused')
      if (first === 65) throw new RangeError('offset is out of bounds')
      demand(first !== 66, 'decoded to what it cannot be')
      if (first === 67 && second < 64) {
        const until = cpuTimeMs() + LENIENT_HANG_MS + 20
        while (cpuTimeMs() < until);
      }
    })
  },
}

test('what a decoder may not do is found, and seen again by its index', async () => {
  const range = { seed: SEED, first: 0, count: 2000 }
  const { findings, inputs } = await runTarget(LENIENT, range, { hangMs: LENIENT_HANG_MS })
  expect(inputs).toBe(2000)
  const kinds = findings.map(({ hex, problem }) => [hex.slice(0, 2), problem.split('\n')[0]])
  expect(kinds).toContainEqual(['41', 'RangeError: offset is out of bounds'])
  expect(kinds).toContainEqual(['42', 'Violation: decoded to what it cannot be'])
  expect(kinds).toContainEqual(['43', expect.stringMatching(/^one input took [1-9]\d\d ms$/)])
  const [found] = findings
  if (found === undefined) throw new Error('nothing was found')
  const again = await runTarget(LENIENT, { seed: SEED, first: found.index, count: 1 })
  expect(again.findings).toEqual([{ ...found, problem: expect.any(String) as string }])
  expect(formatFinding(found)).toContain(
    `npm run bench -- fuzz --target lenient --seed ${SEED} --input ${found.index}`,
  )
})

test('a run ends at a finding when it is told to', async () => {
  const watch = { onFinding: () => false }
  const { findings, inputs } = await runTarget(
    LENIENT,
    { seed: SEED, first: 0, count: 2000 },
    watch,
  )
  expect(findings).toHaveLength(1)
  expect(inputs).toBe((findings[0]?.index ?? 0) + 1)
})
