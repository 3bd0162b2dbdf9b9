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
interface Failure {
  readonly title: string
  readonly error: string
}
const { countTests, listFailures, formatFailures } = (await import(
  pathToFileURL(path.join(ROOT, 'scripts/test-report.mjs')).href
)) as {
  countTests: (report: unknown, run: { ok: boolean; reason?: string }) => Counts
  listFailures: (report: unknown) => readonly Failure[]
  formatFailures: (failures: readonly Failure[]) => readonly string[]
}

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
  const withoutReport = countTests(undefined, ENDED_BADLY)
  expect(withoutReport).toMatchObject({ passed: 0, failed: 1 })
  expect(withoutReport.problems[0]).toContain('exit code 1')
})

test('a failed test is repeated with its file, its name and its error', () => {
  const file = {
    name: path.join(ROOT, 'test/a.test.ts'),
    status: 'failed',
    assertionResults: [
      { status: 'passed', fullName: 'stands', failureMessages: [] },
      {
        status: 'failed',
        fullName: 'a group falls',
        failureMessages: ['Error: one', 'Error: two'],
      },
    ],
  }
  expect(formatFailures(listFailures({ testResults: [file] }))).toEqual([
    'FAILED test/a.test.ts > a group falls',
    '  Error: one',
    '  Error: two',
  ])
})

test('so are a file that does not load, and an error outside every test', () => {
  const broken = {
    ...aFile(),
    name: `${ROOT}b.test.ts`,
    status: 'failed',
    message: 'no such module',
  }
  expect(listFailures({ testResults: [broken], unhandledErrors: ['Error: late'] })).toEqual([
    { title: 'b.test.ts', error: 'no such module' },
    { title: 'an error outside every test', error: 'Error: late' },
  ])
  expect(listFailures(undefined)).toEqual([])
})

test('an error is repeated without colours, without frames of libraries, and not at any length', () => {
  const error = [
    '\u001B[31mError\u001B[39m: no',
    '',
    '    at mine (test/a.test.ts:1:2)',
    '    at theirs (file:///x/node_modules/vitest/a.js:1:2)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    'x'.repeat(5_000),
    ...Array.from({ length: 100 }, () => 'more'),
  ].join('\n')
  const lines = formatFailures([{ title: 'a name\nof two lines', error }])
  expect(lines.slice(0, 3)).toEqual([
    'FAILED a name of two lines',
    '  Error: no',
    '      at mine (test/a.test.ts:1:2)',
  ])
  expect(lines[3]).toMatch(/^ {2}x{199}…$/)
  expect(lines[4]).toBe('  more')
  expect(lines).toHaveLength(16)
})

test('of many failures the last thirty lines are names', () => {
  const failures = Array.from({ length: 40 }, (_one, at) => ({
    title: `test ${at}`,
    error: 'Error: no',
  }))
  const lines = formatFailures(failures)
  expect(lines.slice(0, 2)).toEqual(['FAILED test 0', '  Error: no'])
  expect(lines).toContain('FAILED test 39')
  const end = lines.slice(-30)
  expect(end.slice(0, 3)).toEqual(['', 'FAILED test 0', 'FAILED test 1'])
  expect(end.slice(-2)).toEqual(['FAILED test 27', 'and 12 more'])
})
