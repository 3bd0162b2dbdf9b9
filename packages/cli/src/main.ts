import { keepCompiledCode } from './keep-compiled-code.ts'
import { processSurroundings } from './surroundings.ts'

const FORCED_EXIT_MS = 5000

const args = process.argv.slice(2)
if (args[0] === 'master') keepCompiledCode()

// Not before: the engine settles when what it does in quiet times while it loads the program.
const { run } = await import('./program.ts')
process.exitCode = await run(args, processSurroundings())

// Nothing should be left to keep the process up; if something is, the command still ends.
setTimeout(() => process.exit(), FORCED_EXIT_MS).unref()
