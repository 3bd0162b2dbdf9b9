import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import type { JavaObject } from '../../java-serialization/tree.ts'
import type { ClassTable } from '../class-table.ts'
import type { ScalaLine } from '../scala-profile.ts'

/** What a decoder knows besides the object itself. */
export interface DecodeContext {
  /** The line of the sender. */
  readonly line: ScalaLine
  readonly budget: ReadBudget
}

/**
 * One message: how its object becomes a typed value and back. `decode` throws a ProtocolError for an
 * object whose fields are not those of the class.
 */
export interface MessageCodec<Message extends { readonly type: string }> {
  readonly type: Message['type']
  readonly className: string
  decode(object: JavaObject, context: DecodeContext): Message
  encode(message: Message, classes: ClassTable): JavaObject
}

/** The full name of a class of `org.apache.spark.deploy.DeployMessages`. */
export function deployMessage(simpleName: string): string {
  return `org.apache.spark.deploy.DeployMessages$${simpleName}`
}
