import { run } from './program.ts'
import { processSurroundings } from './surroundings.ts'

const FORCED_EXIT_MS = 5000

process.exitCode = await run(process.argv.slice(2), processSurroundings())

// Nothing should be left to keep the process up; if something is, the command still ends.
setTimeout(() => process.exit(), FORCED_EXIT_MS).unref()
