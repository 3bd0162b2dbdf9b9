// What every way to submit a driver comes to: the description that the core takes. Pure.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import { SparkDriverPayload, type SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import { Compile } from 'typebox/compile'
import { checkAmounts, firstExecutorOf } from './first-executor.ts'
import { propertiesOf } from './java-properties.ts'
import { withModuleOptions } from './module-options.ts'
import { SubmissionProblem } from './problem.ts'
import { withoutSecret } from './secrets.ts'

/** A submission, whichever protocol brought it. */
export interface Submission {
  /** Where the jar or Python file is; an empty text for nothing to fetch. */
  readonly jarUrl: string
  /** The user's own main class, not the one that the command starts. */
  readonly mainClass: string
  /** As Spark's worker gets it, `{{WORKER_URL}}` and `{{USER_JAR}}` among its arguments. */
  readonly command: SparkCommand
  readonly cores: number
  readonly memoryMb: number
  readonly supervise: boolean
  /** Units of each custom resource of the driver itself; none when left out. */
  readonly custom?: Readonly<Record<string, number>>
}

export interface SubmissionLimits {
  /** What a driver's payload may be long, as JSON, to reach the workers. */
  readonly maxPayloadBytes: number
}

const MAX_NAME_LENGTH = 65_536
const MAX_USER_LENGTH = 255
/** Of a place in the submission, whose names are the client's. */
const MAX_SHOWN = 200

/** JSON takes at most so many bytes for a unit of UTF-16: `\u0000`. */
const MAX_BYTES_PER_UNIT = 6
/** Quotes and what separates two texts; names of fields, more than enough. */
const BYTES_PER_TEXT = 4
const BYTES_OF_FRAME = 1_000

/** Who it is for Spark and Hadoop, then for the machine that submitted. 4.3 sends the first alone. */
const USER_VARIABLES: readonly string[] = ['SPARK_USER', 'HADOOP_USER_NAME', 'USER', 'LOGNAME']

const payloadSchema = Compile(SparkDriverPayload)

/**
 * The core's description of a submission: Spark's JVM module options are added when it brought none, and what it
 * brought of the cluster's secret is left out. Throws {@link SubmissionProblem} with a sentence for its user.
 */
export function toDriverDescription(
  submission: Submission,
  { maxPayloadBytes }: SubmissionLimits,
): DriverDescription {
  const { jarUrl, mainClass, cores, memoryMb, supervise, custom } = submission
  if (mainClass === '') throw new SubmissionProblem('the submission names no main class')
  const resources = {
    cores,
    memoryMb,
    ...(custom !== undefined && Object.keys(custom).length > 0 && { custom }),
  }
  checkAmounts('the driver', resources)
  const command = withoutSecret(submission.command)
  const properties = propertiesOf(command.javaOptions)
  const javaOptions = [...withModuleOptions(command.javaOptions)]
  const payload: SparkDriverPayload = {
    kind: 'spark-driver',
    jarUrl,
    command: { ...command, javaOptions },
  }
  checkPayload(payload, maxPayloadBytes)
  const name = properties.get('spark.app.name') || mainClass
  if (name.length > MAX_NAME_LENGTH) {
    throw new SubmissionProblem(
      `spark.app.name is ${name.length} characters long; at most ${MAX_NAME_LENGTH} are allowed`,
    )
  }
  const firstExecutor = firstExecutorOf(properties, command.environment)
  const user = userOf(command.environment)
  return { name, mainClass, user, resources, supervise, firstExecutor, payload }
}

/** The user's main class in a command for Spark's DriverWrapper; that of the command in any other. */
export function userMainClass({ mainClass, arguments: [, , wrapped] }: SparkCommand): string {
  return mainClass === 'org.apache.spark.deploy.worker.DriverWrapper' ? (wrapped ?? '') : mainClass
}

// Control characters grow sixfold in JSON, so what came in one frame may not fit into one of ours.
function checkPayload(payload: SparkDriverPayload, maxBytes: number): void {
  if (!payloadSchema.Check(payload)) {
    const [problem] = payloadSchema.Errors(payload)
    throw new SubmissionProblem(
      `the submission cannot be passed on: ${problem?.instancePath.slice(0, MAX_SHOWN)} ${problem?.message}`,
    )
  }
  // Most are so short that nobody has to look closer.
  if (mostBytes(payload) <= maxBytes) return
  const bytes = new TextEncoder().encode(JSON.stringify(payload)).length
  if (bytes <= maxBytes) return
  throw new SubmissionProblem(
    `the submission is ${bytes} bytes long as workers get it; at most ${maxBytes} are allowed`,
  )
}

// Never less than the payload's length as JSON.
function mostBytes({ jarUrl, command }: SparkDriverPayload): number {
  const { mainClass, environment } = command
  let [texts, units] = [2, jarUrl.length + mainClass.length]
  const count = (list: readonly string[]) => {
    texts += list.length
    for (const text of list) units += text.length
  }
  count(command.arguments)
  count(Object.keys(environment))
  count(Object.values(environment))
  count(command.classPathEntries)
  count(command.libraryPathEntries)
  count(command.javaOptions)
  return BYTES_OF_FRAME + texts * BYTES_PER_TEXT + units * MAX_BYTES_PER_UNIT
}

function userOf(environment: Readonly<Record<string, string>>): string {
  for (const name of USER_VARIABLES) {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && value !== '') return value.slice(0, MAX_USER_LENGTH)
  }
  return ''
}
