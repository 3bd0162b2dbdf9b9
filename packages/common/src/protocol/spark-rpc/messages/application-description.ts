import { javaObject } from '../../java-serialization/build.ts'
import {
  describeValue,
  fieldOf,
  isObject,
  objectField,
  textField,
} from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import { javaString, type JavaObject } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import {
  option,
  optionalIntegerField,
  optionalTextField,
  optionField,
  optionOfInteger,
  optionOfText,
} from '../scala-values/option.ts'
import { describeCommand, readCommand, type SparkCommandDescription } from './command.ts'
import {
  describeResourceProfile,
  readResourceProfile,
  type SparkResourceProfile,
} from './resource-profile.ts'

/** What a driver says of its application when it registers. */
export interface SparkApplicationDescription {
  readonly name: string
  readonly user: string
  /** `spark.cores.max`; null leaves it to the master. */
  readonly maxCores: number | null
  /** 0 when dynamic allocation will ask for the first executors. */
  readonly initialExecutorLimit: number | null
  readonly appUiUrl: string
  /** A URI. */
  readonly eventLogDir: string | null
  readonly eventLogCodec: string | null
  readonly command: SparkCommandDescription
  readonly defaultProfile: SparkResourceProfile
  /** As it stood in the stream, for passing it on. */
  readonly graph: JavaObject
}

// case class ApplicationDescription(name: String, maxCores: Option[Int], command: Command,
//   appUiUrl: String, defaultProfile: ResourceProfile, eventLogDir: Option[URI] = None,
//   eventLogCodec: Option[String] = None, initialExecutorLimit: Option[Int] = None,
//   user: String = System.getProperty("user.name", "<unknown>"))
// org.apache.spark.deploy, 3.5.9–4.3.0
const CLASS = 'org.apache.spark.deploy.ApplicationDescription'

export function readApplicationDescription(
  graph: JavaObject,
  budget: ReadBudget,
): SparkApplicationDescription {
  if (graph.descriptor.name !== CLASS) {
    throw new ProtocolError(`an application is described by ${graph.descriptor.name}, not ${CLASS}`)
  }
  return {
    name: textField(graph, 'name'),
    user: textField(graph, 'user'),
    maxCores: optionalIntegerField(graph, 'maxCores'),
    initialExecutorLimit: optionalIntegerField(graph, 'initialExecutorLimit'),
    appUiUrl: textField(graph, 'appUiUrl'),
    eventLogDir: optionalUriField(graph, 'eventLogDir'),
    eventLogCodec: optionalTextField(graph, 'eventLogCodec'),
    command: readCommand(objectField(graph, 'command'), budget),
    defaultProfile: readResourceProfile(fieldOf(graph, 'defaultProfile'), budget),
    graph,
  }
}

/** A description made from the table: for speaking as a driver, in tests and load generators. */
export function describeApplication(
  classes: ClassTable,
  application: Omit<SparkApplicationDescription, 'graph'>,
): SparkApplicationDescription {
  const { eventLogDir } = application
  const uri =
    eventLogDir === null
      ? null
      : javaObject(classes.descriptor('java.net.URI'), { string: javaString(eventLogDir) })
  const graph = javaObject(classes.descriptor(CLASS), {
    name: javaString(application.name),
    user: javaString(application.user),
    maxCores: optionOfInteger(classes, application.maxCores),
    initialExecutorLimit: optionOfInteger(classes, application.initialExecutorLimit),
    appUiUrl: javaString(application.appUiUrl),
    eventLogDir: option(classes, uri),
    eventLogCodec: optionOfText(classes, application.eventLogCodec),
    command: describeCommand(classes, application.command),
    defaultProfile: describeResourceProfile(classes, application.defaultProfile),
  })
  return { ...application, graph }
}

function optionalUriField(object: JavaObject, name: string): string | null {
  const uri = optionField(object, name)
  if (uri === null) return null
  if (isObject(uri) && uri.descriptor.name === 'java.net.URI') return textField(uri, 'string')
  throw new ProtocolError(
    `option ${name} of ${object.descriptor.name} holds ${describeValue(uri)}, not a URI`,
  )
}
