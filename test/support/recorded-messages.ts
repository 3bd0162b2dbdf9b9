import { readFileSync } from 'node:fs'
import path from 'node:path'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import {
  decodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/spark')

/** The requests and one-way messages of a recorded conversation, in order. */
export function recordedMessages(release: string, conversation: string): SparkMessage[] {
  const file = path.join(FIXTURES, release, conversation, 'frames.hex')
  const decoder = new FrameDecoder(DEFAULT_RPC_LIMITS)
  const messages: SparkMessage[] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    for (const frame of decoder.push(Buffer.from(line, 'hex'))) {
      if (frame.kind !== 'rpc-request' && frame.kind !== 'one-way') continue
      messages.push(decodeSparkMessage(decodeEnvelope(frame.body).content))
    }
  }
  return messages
}
