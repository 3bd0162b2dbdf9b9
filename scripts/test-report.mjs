// Turns the JSON report of one suite into numbers that hide nothing.

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
    const namesFailure = file.assertionResults.some((test) => test.status === 'failed')
    if (file.status === 'failed' && !namesFailure) fail(`${file.name} failed outside its tests`)
  }
  for (const test of tests) {
    if (test.status !== 'passed' && test.status !== 'failed') {
      fail(`'${test.fullName}' did not run (${test.status})`)
    }
  }
  failed += withStatus('failed').length
  if (report === undefined) fail('no report was written')
  else if (tests.length === 0) fail('there is no test')
  if (!run.ok && failed === 0) fail(`every test passed, yet the run failed: ${run.reason}`)
  return { passed: withStatus('passed').length, failed, problems }
}
