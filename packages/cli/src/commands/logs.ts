import { type Command, Option } from 'commander'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { followLogs, type FollowOptions } from '../logs/follow-logs.ts'
import { STREAMS, type LogSource, type Stream, readLog, writerName } from '../logs/read-log.ts'
import {
  driverLogs,
  executorLogs,
  noDriverLog,
  parseSelection,
  type SelectedLogs,
  type Selection,
} from '../logs/select-logs.ts'
import { describeDriver, driverPath, successorOf } from '../master/driver-document.ts'
import { type Entity, entityPath, findEntity } from '../master/find-entity.ts'
import type { JsonRecord } from '../master/json-fields.ts'
import { type MasterUiFlags, addMasterUiFlags, masterUiUrl } from '../master/master-ui.ts'
import { MasterWatch } from '../master/master-watch.ts'
import type { Surroundings } from '../surroundings.ts'

interface LogsFlags extends MasterUiFlags {
  readonly stream?: Stream
  readonly tail?: number
  readonly follow?: boolean
}

/** `hearth logs ID`: what a driver or executors wrote, read from their workers. */
export function addLogs(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('logs'))
    .description('print what a driver or the executors of an application wrote')
    .argument('<id>', 'of a driver, an application, or an executor (APP/N)')
    .argument('[which...]', 'the number of one executor; stdout or stderr')
    .addOption(
      new Option(
        '-s, --stream <name>',
        'which output (default: stderr of executors, both of a driver)',
      ).choices([...STREAMS]),
    )
    .option('-t, --tail <bytes>', 'only the last bytes of each log', parseTail)
    .option('-f, --follow', 'go on until the driver or executor is over')
    .action(async (text: string, which: readonly string[], flags: LogsFlags) => {
      const words = flags.stream === undefined ? which : [...which, flags.stream]
      const selection = parseSelection(text, words)
      const base = masterUiUrl(flags, surroundings)
      const entity = await findEntity(base, selection.id)
      if (flags.follow === true) {
        await follow(entity, selection, flags, { base, surroundings })
        return
      }
      const logs = logsOf(entity, selection)
      try {
        if (flags.json === true) await printJson(logs, flags, surroundings)
        else await printText(logs, flags, writer(entity, selection, surroundings))
      } catch (error) {
        throw explained(error, entity)
      }
    })
}

// Who wrote nothing may have been unable to start: how a driver ended says more than that there is no log.
function explained(error: unknown, { kind, document }: Entity): unknown {
  const isMissing = error instanceof CommandFailure && error.exitCode === EXIT_NOT_FOUND
  if (!isMissing || kind !== 'driver') return error
  const { message, exitCode } = error
  return new CommandFailure(message, { exitCode, hint: describeDriver(document), cause: error })
}

function parseTail(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw usageFailure(`--tail ${text}: give a number of bytes`)
  return Number(text)
}

function logsOf({ kind, document }: Entity, selection: Selection): readonly LogSource[] {
  if (kind === 'application') return executorLogs(document, selection).sources
  const { sources } = driverLogs(document, selection)
  if (sources.length === 0) throw noDriverLog(document)
  return sources
}

async function printText(
  sources: readonly LogSource[],
  { tail }: LogsFlags,
  write: FollowOptions['write'],
): Promise<void> {
  for (const { writer: from, stream, ...source } of sources) {
    // One log is printed as it is, so that it can be piped; those of several executors need to be told apart.
    if ('executor' in from && sources.length > 1) {
      write(stream, `==> ${writerName(from)} ${stream} <==\n`)
    }
    for await (const piece of readLog({ ...source, writer: from, stream }, tail))
      write(stream, piece)
  }
}

// A driver speaks as if it ran here: its results can be piped while its log is read. A log that was named goes
// to standard output.
function writer(
  { kind }: Entity,
  { stream: named }: Selection,
  { out, err }: Surroundings,
): FollowOptions['write'] {
  const isBoth = kind === 'driver' && named === undefined
  return (stream, text) => (isBoth && stream === 'stderr' ? err(text) : out(text))
}

async function follow(
  entity: Entity,
  selection: Selection,
  { json, tail }: LogsFlags,
  { base, surroundings }: { readonly base: URL; readonly surroundings: Surroundings },
): Promise<void> {
  if (json === true) throw usageFailure('--follow prints text as it comes: leave --json out')
  const say = (line: string) => surroundings.err(`${line}\n`)
  const { signal } = new AbortController()
  const watch = new MasterWatch({ webUis: async () => [base], say, signal })
  const { kind, document } = entity
  let last = document
  const select =
    kind === 'driver'
      ? driverSelector(watch, selection, { say, see: (driver) => (last = driver) })
      : executorSelector(watch, selection, document)
  const following = followLogs({
    select,
    write: writer(entity, selection, surroundings),
    say,
    ...(tail !== undefined && { tailBytes: tail }),
  })
  await following.catch((error: unknown) => {
    throw explained(error, { kind, document: last })
  })
}

function executorSelector(
  watch: MasterWatch,
  selection: Selection,
  application: JsonRecord,
): () => Promise<SelectedLogs> {
  if (executorLogs(application, selection).sources.length > 1) {
    throw usageFailure(
      '--follow follows one executor',
      `name it, for example ${selection.id}/0; hearth logs ${selection.id} prints all`,
    )
  }
  return async () =>
    executorLogs(await watch.ask(entityPath('application', selection.id)), selection)
}

// A driver that was lost with its worker goes on under another id.
function driverSelector(
  watch: MasterWatch,
  selection: Selection,
  {
    say,
    see,
  }: { readonly say: (line: string) => void; readonly see: (driver: JsonRecord) => void },
): () => Promise<SelectedLogs> {
  let { id } = selection
  return async () => {
    for (;;) {
      const driver = await watch.ask(driverPath(id))
      see(driver)
      const successor = successorOf(driver)
      if (successor === undefined) {
        const logs = driverLogs(driver, selection)
        if (logs.isOver && logs.sources.length === 0) throw noDriverLog(driver)
        return logs
      }
      say(`${id} was relaunched as ${successor}; its output follows`)
      id = successor
    }
  }
}

async function printJson(
  sources: readonly LogSource[],
  { tail }: LogsFlags,
  { out }: Surroundings,
): Promise<void> {
  const logs: JsonRecord[] = []
  for (const source of sources) {
    const pieces: string[] = []
    for await (const piece of readLog(source, tail)) pieces.push(piece)
    const { writer: from, stream, webUi } = source
    const name =
      'driverId' in from ? { driver: from.driverId } : { executor: Number(from.executor) }
    logs.push({ ...name, stream, worker: webUi.origin, text: pieces.join('') })
  }
  out(`${JSON.stringify(logs, null, 2)}\n`)
}
