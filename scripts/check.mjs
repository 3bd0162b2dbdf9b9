// `npm run check`: everything that can be said of the code without starting a daemon. The unit and house tests
// run beside the other steps, which take turns; every step runs even when an earlier one failed.
import { ROOT, runCommand, tool } from './run-command.mjs'

const UNIT_TESTS = {
  name: 'unit and house tests',
  run: [tool('vitest'), ['run', '--project', 'unit', '--project', 'house']],
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
  for (const { name, run } of steps) {
    const { ok, seconds, output, reason } = await runCommand(...run)
    if (!ok) {
      failed.push(name)
      console.log(`\n${output.trimEnd()}`)
    }
    console.log(
      `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s${ok ? '' : `  (${reason})`}`,
    )
  }
  return failed
}

const startedAt = performance.now()
const failed = (await Promise.all([runSteps([UNIT_TESTS]), runSteps(STEPS)])).flat()
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
if (failed.length > 0) {
  console.log(`\ncheck failed after ${seconds} s: ${failed.join(', ')}`)
  process.exitCode = 1
} else {
  console.log(`\ncheck passed in ${seconds} s`)
}
