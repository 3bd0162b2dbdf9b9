// The launcher: `node launcher.js DIRECTORY ID`. Started by a worker in a session of its own, it starts
// executors, holds their log files and exit codes and the port they watch, and outlives the worker.
// It is one small bundle, read whole at the start, so that an upgrade may replace it underneath.
import { runLauncher } from './program/run-launcher.ts'
import { announceStart } from './readiness.ts'

// A terminal that closes or is interrupted means the worker, not the executors.
process.on('SIGHUP', () => {})
process.on('SIGINT', () => {})

const [directory = '', id = ''] = process.argv.slice(2)
try {
  const launcher = await runLauncher(directory, id)
  // Every executor dies with this process: what was missed in one connection must not end it.
  process.on('uncaughtException', (error) => launcher.log.error({ error: error.stack }, 'uncaught'))
  process.on('SIGTERM', () => void launcher.end({ reason: 'SIGTERM', forget: false }))
  announceStart()
  await launcher.ended
  process.exit(0)
} catch (error) {
  announceStart((error as Error).message)
  process.exit(1)
}
