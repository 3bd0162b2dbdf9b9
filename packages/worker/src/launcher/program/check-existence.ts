import { textField, isObject } from '@hearth/common/protocol/java-serialization/fields.ts'
import { decodeJavaStream } from '@hearth/common/protocol/java-serialization/reader.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { encodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { checkExistence } from '@hearth/common/protocol/spark-rpc/messages/check-existence.ts'

/** The only endpoint of a worker that an executor looks for. */
const WORKER_ENDPOINT = 'Worker'

/**
 * The answer to `CheckExistence`, a Boolean; throws a ProtocolError for any other question. Of whichever
 * release the asker is, the question has this one field: its class version is not looked at.
 */
export function answerCheckExistence(content: Uint8Array): Uint8Array {
  const isAllowed = (className: string) => className === checkExistence.className
  const question = decodeJavaStream(content, { isAllowed })
  if (!isObject(question)) throw new ProtocolError('the question is no CheckExistence')
  return encodeBooleanReply(textField(question, 'name') === WORKER_ENDPOINT)
}
