import { readPropertiesFile } from '@hearth/common/runtime/config/properties-file.ts'
import { loadSparkEnv } from '@hearth/common/runtime/config/spark-env.ts'
import { DEFAULT_REST_PORT } from '@hearth/master/config.ts'
import { Option, type Command } from 'commander'
import { watchInterruption } from '../cluster/interruption.ts'
import type { CommandStatus } from '../command-status.ts'
import { defaultPropertiesFile } from '../daemon/daemon-configuration.ts'
import { EXIT_INTERRUPTED } from '../exit-codes.ts'
import { MASTER_UI_VARIABLE, givenMasterUis } from '../master/master-ui.ts'
import { MasterWatch } from '../master/master-watch.ts'
import { addTokenFlag, findToken, type TokenFlags } from '../master/token.ts'
import { awaitDriver } from '../submit/await-driver.ts'
import { createRequest, isJar } from '../submit/create-request.ts'
import {
  DEFAULT_MASTER_URL,
  findWebUi,
  mastersOf,
  restUrls,
  type RestFlags,
} from '../submit/find-masters.ts'
import { jarMainClass } from '../submit/jar-main-class.ts'
import { postSubmission } from '../submit/post-submission.ts'
import { resolveUri } from '../submit/resolve-uri.ts'
import { describeRequest } from '../submit/describe-request.ts'
import { addSparkFlags, submitProperties, type SubmitFlags } from '../submit/submit-flags.ts'
import type { Surroundings } from '../surroundings.ts'

interface Flags extends SubmitFlags, RestFlags, TokenFlags {
  readonly wait?: boolean
  readonly masterUi?: string
}

interface Submitted {
  readonly id: string
  readonly masterUrl: string
}

/** `hearth submit APP ARGS`: lets the cluster run a driver, and waits for it if told to. */
export function addSubmit(
  program: Command,
  surroundings: Surroundings,
  status: CommandStatus,
): void {
  const command = program
    .command('submit')
    .description('let the cluster run an application, its driver included')
    .argument('<application>', 'a jar or a Python file, where every worker can read it')
    .argument('[arguments...]', 'everything behind it is for the application')
    .passThroughOptions()
    .option('-w, --wait', 'wait for its end, and end with the exit code of the driver')
    .option('--rest-port <port>', `REST port of the masters (default ${DEFAULT_REST_PORT})`)
    .option('--rest-url <url>', 'REST ports of the masters, when they are elsewhere')
    .addOption(
      new Option('--master-ui <url>', `where to ask while waiting (${MASTER_UI_VARIABLE})`),
    )
  addTokenFlag(addSparkFlags(command)).action(
    async (resource: string, args: readonly string[], flags: Flags) => {
      const submitted = await submit(resource, args, flags, surroundings)
      if (flags.wait === true) status.code = await wait(submitted, flags, surroundings)
    },
  )
}

async function submit(
  resource: string,
  args: readonly string[],
  flags: Flags,
  surroundings: Surroundings,
): Promise<Submitted> {
  const say = sayer(surroundings)
  const { environment } = await loadSparkEnv(surroundings.environment)
  const file = flags.propertiesFile ?? defaultPropertiesFile(environment)
  const directory = process.cwd()
  const { properties, warnings } = submitProperties({
    ...{ flags, environment, directory },
    file: file === undefined ? new Map<string, string>() : await readPropertiesFile(file),
  })
  warnings.forEach(say)
  const masterUrl = masterUrlOf(flags, properties.get('spark.master'), environment)
  const rest = restUrls(mastersOf(masterUrl), flags)
  const ownMainClass =
    flags.class === undefined && isJar(resource)
      ? await jarMainClass(resolveUri(resource, directory))
      : undefined
  const request = createRequest({
    ...{ resource, args, masterUrl, properties, environment, directory },
    mainClass: flags.class ?? ownMainClass,
  })
  if (flags.verbose === true) surroundings.err(describeRequest(request, rest))
  const token = await findToken(flags, { environment })
  const { id, unknownFields } = await postSubmission(rest, request, token)
  if (unknownFields.length > 0) say(`the master does not know: ${unknownFields.join(', ')}`)
  surroundings.out(`${id}\n`)
  return { id, masterUrl }
}

// On standard error, so that standard output is the id alone.
function sayer({ err }: Surroundings): (line: string) => void {
  return (line) => err(`${line}\n`)
}

function masterUrlOf(
  { master }: Flags,
  property: string | undefined,
  { MASTER: variable }: Readonly<Record<string, string>>,
): string {
  const given = [master, property, variable].find((text) => text !== undefined && text !== '')
  return given ?? DEFAULT_MASTER_URL
}

/** Follows the driver to its end; Ctrl-C leaves it running. */
async function wait(
  { id, masterUrl }: Submitted,
  flags: Flags,
  surroundings: Surroundings,
): Promise<number> {
  const say = sayer(surroundings)
  const known = givenMasterUis(flags, surroundings)
  const masters = mastersOf(masterUrl)
  const interruption = watchInterruption()
  const { signal } = interruption
  const webUis = async () =>
    known ?? (await Promise.all(masters.map((master) => findWebUi(master, signal))))
  try {
    return await awaitDriver(id, { watch: new MasterWatch({ webUis, say, signal }), say, signal })
  } catch (error) {
    if (!signal.aborted) throw error
    say(`${id} goes on: 'hearth kill ${id}' ends it, 'hearth logs --follow ${id}' shows its output`)
    return EXIT_INTERRUPTED
  } finally {
    interruption.dispose()
  }
}
