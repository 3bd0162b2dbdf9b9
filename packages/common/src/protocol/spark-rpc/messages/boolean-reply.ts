import { javaObject } from '../../java-serialization/build.ts'
import { describeValue, fieldOf, isObject } from '../../java-serialization/fields.ts'
import { decodeJavaStream } from '../../java-serialization/reader.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { isAllowedInSparkMessage } from '../allowed-classes.ts'
import { classTableOf } from '../class-table.ts'

const CLASS = 'java.lang.Boolean'

/** The body of the answer to CheckExistence, RequestExecutors and KillExecutors. */
export function encodeBooleanReply(value: boolean): Uint8Array {
  // The class is the JDK's own, so every line describes it alike.
  return encodeJavaStream(javaObject(classTableOf('2.13').descriptor(CLASS), { value }))
}

/** Throws a ProtocolError for any other answer, such as an RpcFailure object. */
export function decodeBooleanReply(body: Uint8Array): boolean {
  const reply = decodeJavaStream(body, { isAllowed: isAllowedInSparkMessage })
  if (isObject(reply) && reply.descriptor.name === CLASS) {
    const value = fieldOf(reply, 'value')
    if (typeof value === 'boolean') return value
  }
  throw new ProtocolError(`the answer is ${describeValue(reply)}, not a Boolean`)
}
