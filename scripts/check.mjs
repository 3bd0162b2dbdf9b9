// `npm run check`: everything that can be said of the code without starting a daemon. The unit and house tests
// run beside the other steps, which take turns; every step runs even when an earlier one failed. What failed is
// repeated at the end, where it does not scroll away.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ROOT, runCommand, tool } from './run-command.mjs'
import {
  excerpt,
  formatFailures,
  listFailures,
  readReport,
  vitestArguments,
} from './test-report.mjs'

const reports = await mkdtemp(path.join(os.tmpdir(), 'hearth-check-'))
const report = path.join(reports, 'tests.json')
const UNIT_TESTS = {
  name: 'unit and house tests',
  run: [tool('vitest'), vitestArguments(['unit', 'house'], report)],
  // Undefined when the report names no failure, or there is none.
  repeat: async () => {
    const lines = formatFailures(listFailures(await readReport(report)))
    return lines.length > 0 ? lines : undefined
  },
}
const STEPS = [
  { name: 'format', run: [tool('oxfmt'), ['--check']] },
  { name: 'types', run: [tool('tsc'), ['-p', 'tsconfig.json']] },
  { name: 'types of pure code', run: [tool('tsc'), ['-p', 'tsconfig.pure.json']] },
  { name: 'lint', run: [tool('oxlint'), ['--type-aware']] },
  {
    name: 'generated documents',
    run: [process.execPath, [`${ROOT}scripts/generate-docs.mjs`, '--check']],
  },
]

async function runSteps(steps) {
  const failed = []
  for (const { name, run, repeat } of steps) {
    const { ok, seconds, output, reason } = await runCommand(...run)
    if (!ok) {
      failed.push({ name, lines: (await repeat?.()) ?? excerpt(output) })
      console.log(`\n${output.trimEnd()}`)
    }
    console.log(
      `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s${ok ? '' : `  (${reason})`}`,
    )
  }
  return failed
}

const startedAt = performance.now()
const failed = (await Promise.all([runSteps(STEPS), runSteps([UNIT_TESTS])])).flat()
await rm(reports, { recursive: true, force: true })
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
if (failed.length > 0) {
  for (const { name, lines } of failed) console.log(`\n${name}:\n${lines.join('\n')}`)
  const names = failed.map(({ name }) => name).join(', ')
  console.log(`\ncheck failed after ${seconds} s: ${names}`)
  process.exitCode = 1
} else {
  console.log(`\ncheck passed in ${seconds} s`)
}
