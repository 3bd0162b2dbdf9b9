// `npm test`: every suite, or those named (`npm test -- unit integration`). Prints the seconds of each,
// names what failed, and closes with one line, `N passed, N failed`. Exits with 1 on any failure, and on what
// a summary could hide: a file that does not load, an error outside a test, a skipped test, a suite without tests.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ROOT, runCommand, tool } from './run-command.mjs'
import { SUITES } from './suites.mjs'
import {
  countTests,
  formatFailures,
  listFailures,
  readReport,
  vitestArguments,
} from './test-report.mjs'

function chooseSuites(names) {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    const known = SUITES.map((suite) => suite.name).join(', ')
    throw new Error(`no suite is called ${unknown.join(', ')}; the suites are ${known}`)
  }
  return names.length === 0 ? SUITES : SUITES.filter((suite) => names.includes(suite.name))
}

/** Runs one suite with its output shown; its report is read back from a file. */
async function runSuite({ name, limitMinutes }, reports) {
  const file = path.join(reports, `${name}.json`)
  const result = await runCommand(tool('vitest'), vitestArguments([name], file), {
    show: true,
    limitMinutes,
  })
  const report = await readReport(file)
  const failures = listFailures(report)
  return { name, seconds: result.seconds, ...countTests(report, result), failures }
}

function printSummary(results) {
  console.log('')
  for (const { name, seconds, passed, failed, problems } of results) {
    const counts = `${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed`
    console.log(`${name.padEnd(12)} ${counts}  ${seconds.toFixed(1).padStart(7)} s`)
    for (const problem of problems) console.log(`${''.padEnd(12)} ${problem}`)
  }
  // Here, because hundreds of lines of other suites may stand between a failure and the end of the log.
  const failures = formatFailures(results.flatMap((result) => result.failures))
  if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  console.log(`\n${total('passed')} passed, ${total('failed')} failed`)
  return total('failed')
}

const suites = chooseSuites(process.argv.slice(2))
const build = await runCommand(process.execPath, [`${ROOT}scripts/build.mjs`], { show: true })
const reports = await mkdtemp(path.join(os.tmpdir(), 'hearth-test-'))
try {
  const results = []
  if (!build.ok) {
    const problems = [`the build failed: ${build.reason}`]
    results.push({
      name: 'build',
      seconds: build.seconds,
      passed: 0,
      failed: 1,
      problems,
      failures: [],
    })
  }
  for (const suite of suites) {
    console.log(`\n== ${suite.name} ==`)
    results.push(await runSuite(suite, reports))
  }
  if (printSummary(results) > 0) process.exitCode = 1
} finally {
  await rm(reports, { recursive: true, force: true })
}
