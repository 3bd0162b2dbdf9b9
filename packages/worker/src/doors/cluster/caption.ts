import type {
  SparkCommand,
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import type { ProcessCaption } from '../../core/events.ts'

// A thousand ended processes are kept for people to look at; what an application says of itself can have
// any length.
const MAX_NAME_LENGTH = 1024
const MAX_COMMAND_LENGTH = 16_384

/** What people are shown of a payload; the command reads as in the JSON of Spark's worker. */
export function captionOf(payload: SparkExecutorPayload | SparkDriverPayload): ProcessCaption {
  const command = cut(formatCommand(payload.command), MAX_COMMAND_LENGTH)
  if (payload.kind === 'spark-driver') {
    const name = cut(mainClassOf(payload.command), MAX_NAME_LENGTH)
    return { name, user: '', maxCores: null, command }
  }
  const { applicationName, user, maxCores } = payload
  return {
    name: cut(applicationName, MAX_NAME_LENGTH),
    user: cut(user, MAX_NAME_LENGTH),
    maxCores,
    command,
  }
}

// Spark's DriverWrapper runs the class in its third argument: worker URL, jar, class (WorkerPage, 3.5).
function mainClassOf({ mainClass, arguments: [, , wrapped] }: SparkCommand): string {
  return wrapped ?? mainClass
}

// Command.toString (org.apache.spark.deploy.Command, 3.5 to 4.3): a case class of Scala collections.
function formatCommand(command: SparkCommand): string {
  const environment = Object.entries(command.environment).map(
    ([name, value]) => `${name} -> ${value}`,
  )
  const parts = [
    command.mainClass,
    list('List', command.arguments),
    list('Map', environment),
    list('List', command.classPathEntries),
    list('List', command.libraryPathEntries),
    list('ArraySeq', command.javaOptions),
  ]
  return `Command(${parts.join(',')})`
}

function list(name: string, items: readonly string[]): string {
  return `${name}(${items.join(', ')})`
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}
