import { javaObject } from '../../java-serialization/build.ts'
import {
  booleanField,
  integerField,
  objectField,
  textField,
} from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import { javaString, type JavaObject } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { listOf, objectSequenceField } from '../scala-values/sequences.ts'
import { describeCommand, readCommand, type SparkCommandDescription } from './command.ts'

/** What a driver needs of one custom resource. */
export interface SparkResourceRequirement {
  readonly resourceName: string
  readonly amount: number
  /** Tasks that share one unit; 1 for what a driver needs. */
  readonly numParts: number
}

/** What a submission says; `graph` is the same as it stood in the stream. */
export interface SparkDriverDescription {
  readonly jarUrl: string
  /** MiB. */
  readonly mem: number
  readonly cores: number
  readonly supervise: boolean
  readonly command: SparkCommandDescription
  readonly resourceReqs: readonly SparkResourceRequirement[]
  readonly graph: JavaObject
}

// case class DriverDescription(jarUrl: String, mem: Int, cores: Int, supervise: Boolean, command: Command,
//   resourceReqs: Seq[ResourceRequirement] = Seq.empty), org.apache.spark.deploy, 3.5.9–4.3.0
const CLASS = 'org.apache.spark.deploy.DriverDescription'
// case class ResourceRequirement(resourceName: String, amount: Int, numParts: Int = 1),
//   org.apache.spark.resource, 3.5.9–4.3.0
const REQUIREMENT = 'org.apache.spark.resource.ResourceRequirement'

/** Throws a ProtocolError for an object of another class, or whose fields do not fit. */
export function readDriverDescription(
  graph: JavaObject,
  budget: ReadBudget,
): SparkDriverDescription {
  if (graph.descriptor.name !== CLASS) {
    throw new ProtocolError(`a driver is described by ${graph.descriptor.name}, not ${CLASS}`)
  }
  return {
    jarUrl: textField(graph, 'jarUrl'),
    mem: integerField(graph, 'mem'),
    cores: integerField(graph, 'cores'),
    supervise: booleanField(graph, 'supervise'),
    command: readCommand(objectField(graph, 'command'), budget),
    resourceReqs: objectSequenceField(graph, 'resourceReqs', budget).map((requirement) =>
      readRequirement(requirement, budget),
    ),
    graph,
  }
}

/** A description made from the table: for speaking as a client, in tests and load generators. */
export function describeDriver(
  classes: ClassTable,
  driver: Omit<SparkDriverDescription, 'graph'>,
): SparkDriverDescription {
  const requirements = driver.resourceReqs.map(({ resourceName, amount, numParts }) =>
    javaObject(classes.descriptor(REQUIREMENT), {
      resourceName: javaString(resourceName),
      amount,
      numParts,
    }),
  )
  const graph = javaObject(classes.descriptor(CLASS), {
    jarUrl: javaString(driver.jarUrl),
    mem: driver.mem,
    cores: driver.cores,
    supervise: driver.supervise,
    command: describeCommand(classes, driver.command),
    resourceReqs: listOf(classes, requirements),
  })
  return { ...driver, graph }
}

function readRequirement(requirement: JavaObject, budget: ReadBudget): SparkResourceRequirement {
  if (requirement.descriptor.name !== REQUIREMENT) {
    throw new ProtocolError(
      `what a driver needs is a ${requirement.descriptor.name}, not ${REQUIREMENT}`,
    )
  }
  const resourceName = textField(requirement, 'resourceName')
  budget.spendText(resourceName)
  return {
    resourceName,
    amount: integerField(requirement, 'amount'),
    numParts: integerField(requirement, 'numParts'),
  }
}
