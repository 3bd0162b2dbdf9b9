import { javaObject } from '../../java-serialization/build.ts'
import { textField } from '../../java-serialization/fields.ts'
import { javaString } from '../../java-serialization/tree.ts'
import type { ScalaLine } from '../scala-profile.ts'
import type { MessageCodec } from './message-codec.ts'

/**
 * Anybody → `endpoint-verifier`, ask, answered by a Boolean: does the endpoint exist? The first
 * message of every connection, and so the first to tell the sender's Scala line.
 */
export interface CheckExistence {
  readonly type: 'CheckExistence'
  readonly name: string
  readonly line: ScalaLine
}

// case class CheckExistence(name: String), in RpcEndpointVerifier, 3.5.9–4.3.0
export const checkExistence: MessageCodec<CheckExistence> = {
  type: 'CheckExistence',
  className: 'org.apache.spark.rpc.netty.RpcEndpointVerifier$CheckExistence',
  decode: (object, { line }) => ({ type: 'CheckExistence', name: textField(object, 'name'), line }),
  encode: ({ name }, classes) =>
    javaObject(classes.descriptor(checkExistence.className), { name: javaString(name) }),
}
