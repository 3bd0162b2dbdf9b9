// Turns the JSON report of one suite into numbers that hide nothing, and into lines that name each failure.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ROOT } from './run-command.mjs'

/** The arguments with which vitest runs these projects and leaves a report that the functions below read. */
export function vitestArguments(projects, reportFile) {
  return [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--reporter=${path.join(ROOT, 'scripts/unhandled-errors.mjs')}`,
    `--outputFile.json=${reportFile}`,
  ]
}

/** The report of a run that is over; undefined when vitest did not come to write one. */
export async function readReport(reportFile) {
  const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'))
  const [report, unhandledErrors] = await Promise.all([
    readJson(reportFile).catch(() => undefined),
    readJson(`${reportFile}.unhandled`).catch(() => []),
  ])
  return report === undefined ? undefined : { ...report, unhandledErrors }
}

/**
 * Counts the tests of a report. `report` is undefined when none was written; `run` is how the process
 * ended. Everything wrong that is not a failed test counts as one failure and is named in `problems`.
 */
export function countTests(report, run) {
  const problems = []
  let failed = 0
  const fail = (problem) => {
    failed += 1
    problems.push(problem)
  }
  const files = report?.testResults ?? []
  const tests = files.flatMap((file) => file.assertionResults)
  const withStatus = (status) => tests.filter((test) => test.status === status)

  for (const file of files) {
    if (failsOutsideTests(file)) fail(`${file.name} failed outside its tests`)
  }
  for (const test of tests) {
    if (test.status !== 'passed' && test.status !== 'failed') {
      fail(`'${test.fullName}' did not run (${test.status})`)
    }
  }
  failed += withStatus('failed').length
  if (report === undefined) fail(`no report was written: ${run.reason ?? 'the run ended well'}`)
  else if (tests.length === 0) fail('there is no test')
  if (!run.ok && failed === 0) fail(`every test passed, yet the run failed: ${run.reason}`)
  return { passed: withStatus('passed').length, failed, problems }
}

function failsOutsideTests(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
}

/** What failed in a report, each as `{ title, error }`: tests, files that did not load, and errors outside both. */
export function listFailures(report) {
  const inFiles = (report?.testResults ?? []).flatMap((file) => {
    const name = path.relative(ROOT, file.name)
    const failures = file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({
        title: `${name} > ${test.fullName}`,
        error: (test.failureMessages ?? []).join('\n'),
      }))
    if (failsOutsideTests(file)) failures.push({ title: name, error: file.message ?? '' })
    return failures
  })
  const outside = (report?.unhandledErrors ?? []).map((error) => ({
    title: 'an error outside every test',
    error: String(error),
  }))
  return [...inFiles, ...outside]
}

const LINES_OF_AN_ERROR = 15
const COLUMNS = 200
// The end of a log that is kept may be no longer than forty lines, and a few others follow these.
const LINES_AT_THE_END = 30

/**
 * The lines that name each failure with the start of its error. When they are so many that the end of a log
 * would not hold them, the last ones repeat the titles alone.
 */
export function formatFailures(failures) {
  const lines = failures.flatMap(({ title, error }) => [
    bound(`FAILED ${title}`),
    ...excerpt(error).map((line) => `  ${line}`),
  ])
  if (lines.length <= LINES_AT_THE_END) return lines
  const titles = failures
    .slice(0, LINES_AT_THE_END - 2)
    .map(({ title }) => bound(`FAILED ${title}`))
  const others = failures.length - titles.length
  return [...lines, '', ...titles, ...(others > 0 ? [`and ${others} more`] : [])]
}

/** The first lines of what a tool or a test said, without colours, empty lines and frames of libraries. */
export function excerpt(text) {
  return stripVTControlCharacters(text)
    .split(/\r?\n/)
    .filter(
      (line) => line.trim() !== '' && !/^\s+at .*(node_modules\/|node:|<anonymous>)/.test(line),
    )
    .slice(0, LINES_OF_AN_ERROR)
    .map(bound)
}

// A name or a message may hold anything, line ends among it.
function bound(line) {
  const plain = stripVTControlCharacters(line).replaceAll(/[\r\n]+/g, ' ')
  return plain.length <= COLUMNS ? plain : `${plain.slice(0, COLUMNS - 1)}…`
}
