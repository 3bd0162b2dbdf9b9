import { javaObject } from '../../java-serialization/build.ts'
import { textField } from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import { javaString, type JavaObject } from '../../java-serialization/tree.ts'
import type { ClassTable } from '../class-table.ts'
import { mapOfTexts, textMapField } from '../scala-values/maps.ts'
import { listOfTexts, textSequenceField } from '../scala-values/sequences.ts'

/** How to start a JVM; the worker replaces `{{EXECUTOR_ID}}` and its like. */
export interface SparkCommandDescription {
  readonly mainClass: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly classPathEntries: readonly string[]
  readonly libraryPathEntries: readonly string[]
  readonly javaOptions: readonly string[]
}

// case class Command(mainClass: String, arguments: Seq[String], environment: Map[String, String],
//   classPathEntries: Seq[String], libraryPathEntries: Seq[String], javaOpts: Seq[String])
// org.apache.spark.deploy, 3.5.9–4.3.0
const CLASS = 'org.apache.spark.deploy.Command'

export function readCommand(object: JavaObject, budget: ReadBudget): SparkCommandDescription {
  return {
    mainClass: textField(object, 'mainClass'),
    arguments: textSequenceField(object, 'arguments', budget),
    environment: textMapField(object, 'environment', budget),
    classPathEntries: textSequenceField(object, 'classPathEntries', budget),
    libraryPathEntries: textSequenceField(object, 'libraryPathEntries', budget),
    javaOptions: textSequenceField(object, 'javaOpts', budget),
  }
}

export function describeCommand(classes: ClassTable, command: SparkCommandDescription): JavaObject {
  return javaObject(classes.descriptor(CLASS), {
    mainClass: javaString(command.mainClass),
    arguments: listOfTexts(classes, command.arguments),
    environment: mapOfTexts(classes, command.environment),
    classPathEntries: listOfTexts(classes, command.classPathEntries),
    libraryPathEntries: listOfTexts(classes, command.libraryPathEntries),
    javaOpts: listOfTexts(classes, command.javaOptions),
  })
}
