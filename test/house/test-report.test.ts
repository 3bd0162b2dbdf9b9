// The numbers that `npm test` closes with must not hide anything that went wrong.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT } from './planted-tree.ts'

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly problems: readonly string[]
}
const { countTests } = (await import(
  pathToFileURL(path.join(ROOT, 'scripts/test-report.mjs')).href
)) as { countTests: (report: unknown, run: { ok: boolean; reason?: string }) => Counts }

const aFile = (...statuses: readonly string[]) => ({
  name: 'a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
})
const ENDED_WELL = { ok: true }
const ENDED_BADLY = { ok: false, reason: 'exit code 1' }

test('passed and failed tests are counted', () => {
  const report = { testResults: [aFile('passed', 'passed'), aFile('passed', 'failed')] }
  expect(countTests(report, ENDED_BADLY)).toEqual({ passed: 3, failed: 1, problems: [] })
})

test('a skipped test is a failure that is named', () => {
  const counts = countTests({ testResults: [aFile('passed', 'skipped')] }, ENDED_WELL)
  expect(counts).toMatchObject({ passed: 1, failed: 1 })
  expect(counts.problems[0]).toContain("'test 1' did not run")
})

test('a file that does not load is a failure that is named', () => {
  const broken = { ...aFile(), status: 'failed' }
  const counts = countTests({ testResults: [aFile('passed'), broken] }, ENDED_BADLY)
  expect(counts).toMatchObject({ passed: 1, failed: 1 })
  expect(counts.problems[0]).toContain('a.test.ts failed outside its tests')
})

test('an error outside every test is a failure although all tests passed', () => {
  const counts = countTests({ testResults: [aFile('passed')] }, ENDED_BADLY)
  expect(counts).toMatchObject({ passed: 1, failed: 1 })
  expect(counts.problems[0]).toContain('exit code 1')
})

test('a suite without tests, or without a report, is a failure', () => {
  expect(countTests({ testResults: [] }, ENDED_WELL)).toMatchObject({ passed: 0, failed: 1 })
  expect(countTests(undefined, ENDED_BADLY)).toMatchObject({ passed: 0, failed: 1 })
})
