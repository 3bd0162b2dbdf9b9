import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import { type Command, Option } from 'commander'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import { type LogSource, readLog } from '../master/read-log.ts'
import type { Surroundings } from '../surroundings.ts'

interface LogsFlags extends MasterUiFlags {
  readonly stream: LogSource['stream']
  readonly tail?: number
}

/** `hearth logs APP [EXEC]`: what executors wrote, read from their workers. */
export function addLogs(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('logs'))
    .description('print what the executors of an application wrote')
    .argument('<application>', 'its id')
    .argument('[executor]', 'the number of one executor; all of them when left out')
    .addOption(
      new Option('-s, --stream <name>', 'which output')
        .choices(['stdout', 'stderr'])
        .default('stderr'),
    )
    .option('-t, --tail <bytes>', 'only the last bytes of each log', parseTail)
    .action(async (application: string, executor: string | undefined, flags: LogsFlags) => {
      const sources = await findLogs(application, executor, flags, surroundings)
      if (flags.json === true) await printJson(sources, flags, surroundings)
      else await printText(sources, flags, surroundings)
    })
}

function parseTail(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw usageFailure(`--tail ${text}: give a number of bytes`)
  return Number(text)
}

async function findLogs(
  application: string,
  executor: string | undefined,
  flags: LogsFlags,
  surroundings: Surroundings,
): Promise<readonly LogSource[]> {
  const id = parseApplicationId(application)
  if (id === undefined) throw usageFailure(`'${application}' cannot be the id of an application`)
  const url = new URL(
    `api/v1/applications/${encodeURIComponent(id)}`,
    masterUiUrl(flags, surroundings),
  )
  const reply = recordOf(jsonOf(url, await request(url)))
  const executors = recordsOf(reply['executors']).toSorted(
    (a, b) => numberOf(a, 'number') - numberOf(b, 'number'),
  )
  const chosen =
    executor === undefined
      ? executors
      : executors.filter((one) => textOf(one, 'number') === executor)
  if (chosen.length === 0) {
    const known = executors.map((one) => textOf(one, 'number')).join(', ')
    throw new CommandFailure(
      executor === undefined ? `${id} has had no executor` : `${id} has no executor ${executor}`,
      {
        exitCode: EXIT_NOT_FOUND,
        ...(known !== '' && { hint: `its executors: ${known}` }),
      },
    )
  }
  return chosen.map((one) => logSource(id, one, flags))
}

function logSource(applicationId: string, executor: JsonRecord, flags: LogsFlags): LogSource {
  const webUi = textOf(executor, 'workerWebUiUrl')
  const number = textOf(executor, 'number')
  if (!URL.canParse(webUi)) {
    throw new CommandFailure(`the master does not know where the worker of executor ${number} is`)
  }
  return { webUi: new URL(webUi), applicationId, executor: number, stream: flags.stream }
}

async function printText(
  sources: readonly LogSource[],
  { tail }: LogsFlags,
  { out }: Surroundings,
): Promise<void> {
  for (const source of sources) {
    // One log is printed as it is, so that it can be piped; several need to be told apart.
    if (sources.length > 1) {
      out(`==> ${source.applicationId}/${source.executor} ${source.stream} <==\n`)
    }
    for await (const piece of readLog(source, tail)) out(piece)
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
    const { executor, stream, webUi } = source
    logs.push({ executor: Number(executor), stream, worker: webUi.origin, text: pieces.join('') })
  }
  out(`${JSON.stringify(logs, null, 2)}\n`)
}
