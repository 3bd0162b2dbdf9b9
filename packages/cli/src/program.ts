import { Command, CommanderError } from 'commander'
import { describeFailure } from './command-failure.ts'
import type { CommandStatus } from './command-status.ts'
import { addApps } from './commands/apps.ts'
import { addKill } from './commands/kill.ts'
import { addLogs } from './commands/logs.ts'
import { addMaster } from './commands/master.ts'
import { addQuickstart } from './commands/quickstart.ts'
import { addDrivers } from './commands/drivers.ts'
import { addStatus } from './commands/status.ts'
import { addSubmit } from './commands/submit.ts'
import { addToken } from './commands/token.ts'
import { addUp } from './commands/up.ts'
import { addWorker } from './commands/worker.ts'
import { addWorkers } from './commands/workers.ts'
import { addWhy } from './commands/why.ts'
import { EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import type { Surroundings } from './surroundings.ts'
import { VERSION } from './version.ts'

/** Runs one command line and resolves with the exit status when the command has ended. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const status: CommandStatus = { code: EXIT_OK }
  const program = buildProgram(surroundings, status)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return status.code
  } catch (error) {
    // Commander has already said what is wrong; help and --version end this way with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    const { text, code } = describeFailure(error)
    surroundings.err(text)
    return code
  }
}

function buildProgram(surroundings: Surroundings, status: CommandStatus): Command {
  const program = new Command('hearth')
  // -h is --host in Spark's daemons, so help has the long form only. Subcommands copy these settings
  // when they are added, so they stand first.
  program
    .description('A standalone cluster manager for unmodified Apache Spark applications')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    // What stands behind the application of `submit` is for the application.
    .enablePositionalOptions()
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.err })
    .exitOverride()
  for (const add of [addMaster, addWorker, addUp, addQuickstart, addSubmit]) {
    add(program, surroundings, status)
  }
  for (const add of [
    addApps,
    addDrivers,
    addWorkers,
    addStatus,
    addWhy,
    addKill,
    addLogs,
    addToken,
  ]) {
    add(program, surroundings)
  }
  return program
}
