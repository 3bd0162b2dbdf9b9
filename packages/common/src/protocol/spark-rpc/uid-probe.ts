// Asking a peer for the UID of one of its classes. A JVM that is sent a class with a wrong UID refuses
// it and names its own: java.io.InvalidClassException, all releases. The question is an RpcRequest (the
// peer logs a one-way and answers nothing); the peer carries on, with one error line in its log.
import { encodeJavaStream } from '../java-serialization/writer.ts'
import { javaObject } from '../java-serialization/build.ts'
import { FLAG } from '../java-serialization/constants.ts'

/** The content of a request to `AppClient` (or any endpoint) whose failure tells the class' UID. */
export function encodeUidProbe(className: string): Uint8Array {
  return encodeJavaStream(
    javaObject(
      {
        kind: 'descriptor',
        name: className,
        uid: 0n,
        flags: FLAG.serializable,
        fields: [],
        superclass: null,
      },
      {},
    ),
  )
}

/**
 * The UID that the text of an RpcFailure names for the class; undefined when the text is about
 * something else, such as a class that the peer does not have.
 */
export function parseUidProbeFailure(failure: string, className: string): bigint | undefined {
  const start = failure.indexOf(`${className}; local class incompatible`)
  if (start < 0) return undefined
  const found = /local class serialVersionUID = (-?\d{1,19})(?!\d)/.exec(failure.slice(start))
  return found?.[1] === undefined ? undefined : BigInt(found[1])
}
