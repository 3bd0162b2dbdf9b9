import { javaObject } from '../../java-serialization/build.ts'
import {
  describeValue,
  isObject,
  longField,
  numberField,
  integerField,
  textField,
} from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import { javaString, type JavaObject, type JavaValue } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { mapOf, textKeyedField } from '../scala-values/maps.ts'

/** What an executor needs of one resource; `cores`, or `memory` in MiB, or a custom one like `gpu`. */
export interface ExecutorResourceRequest {
  readonly amount: number
  readonly discoveryScript: string
  readonly vendor: string
}

/** What a task needs of one resource; a fraction when tasks share one. */
export interface TaskResourceRequest {
  readonly amount: number
}

export interface SparkResourceProfile {
  /** 0 is the application's default profile. */
  readonly id: number
  readonly executorResources: Readonly<Record<string, ExecutorResourceRequest>>
  readonly taskResources: Readonly<Record<string, TaskResourceRequest>>
}

// class ResourceProfile(val executorResources: Map[String, ExecutorResourceRequest],
//   val taskResources: Map[String, TaskResourceRequest]) { val _id, … }
// class TaskResourceProfile(override val taskResources: …) extends ResourceProfile(Map.empty, …)
// org.apache.spark.resource, 3.5.9–4.3.0; the UID of ResourceProfile differs in every release.
const CLASS = 'org.apache.spark.resource.ResourceProfile'
const TASK_CLASS = 'org.apache.spark.resource.TaskResourceProfile'
const EXECUTOR_REQUEST = 'org.apache.spark.resource.ExecutorResourceRequest'
const TASK_REQUEST = 'org.apache.spark.resource.TaskResourceRequest'

export function readResourceProfile(
  value: JavaValue | undefined,
  budget: ReadBudget,
): SparkResourceProfile {
  if (
    !isObject(value) ||
    (value.descriptor.name !== CLASS && value.descriptor.name !== TASK_CLASS)
  ) {
    throw new ProtocolError(`a resource profile is ${describeValue(value)}, not ${CLASS}`)
  }
  return {
    id: integerField(value, '_id'),
    executorResources: readRequests(value, 'executorResources', budget, (request) => ({
      amount: longField(request, 'amount'),
      discoveryScript: spent(textField(request, 'discoveryScript'), budget),
      vendor: spent(textField(request, 'vendor'), budget),
    })),
    taskResources: readRequests(value, 'taskResources', budget, (request) => ({
      amount: numberField(request, 'amount'),
    })),
  }
}

export function describeResourceProfile(
  classes: ClassTable,
  profile: SparkResourceProfile,
): JavaObject {
  const none = classes.singleton('scala.None$')
  const forExecutors = Object.entries(profile.executorResources).map(
    ([name, { amount, discoveryScript, vendor }]) =>
      [
        javaString(name),
        javaObject(classes.descriptor(EXECUTOR_REQUEST), {
          amount: BigInt(amount),
          discoveryScript: javaString(discoveryScript),
          resourceName: javaString(name),
          vendor: javaString(vendor),
        }),
      ] as const,
  )
  const forTasks = Object.entries(profile.taskResources).map(
    ([name, { amount }]) =>
      [
        javaString(name),
        javaObject(classes.descriptor(TASK_REQUEST), { amount, resourceName: javaString(name) }),
      ] as const,
  )
  return javaObject(classes.descriptor(CLASS), {
    _coresLimitKnown: false,
    _id: profile.id,
    _executorResourceSlotsPerAddr: none,
    _limitingResource: none,
    _maxTasksPerExecutor: none,
    executorResources: mapOf(classes, forExecutors),
    taskResources: mapOf(classes, forTasks),
  })
}

function readRequests<Request>(
  profile: JavaObject,
  field: string,
  budget: ReadBudget,
  read: (request: JavaObject) => Request,
): Record<string, Request> {
  const entries = textKeyedField(profile, field, budget).map(([name, request]) => {
    if (!isObject(request)) {
      throw new ProtocolError(
        `${field} of ${profile.descriptor.name} holds ${describeValue(request)}`,
      )
    }
    return [name, read(request)] as const
  })
  return Object.fromEntries(entries)
}

function spent(text: string, budget: ReadBudget): string {
  budget.spendText(text)
  return text
}
