import {
  decodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import {
  readConversation,
  type ConversationName,
  type Release,
} from '../fixtures/spark/recordings.ts'

/** The first message of that type in a recorded conversation. Throws when there is none. */
export function recordedMessage<Type extends SparkMessage['type']>(
  release: Release,
  conversation: ConversationName,
  type: Type,
): Extract<SparkMessage, { type: Type }> {
  for (const frame of readConversation(release, conversation)) {
    if (frame.envelope === null) continue
    const message = decodeSparkMessage(frame.content)
    if (message.type === type) return message as Extract<SparkMessage, { type: Type }>
  }
  throw new Error(`no ${type} in the recorded ${conversation} of ${release}`)
}
