import { drawInteger } from '@hearth/common/domain/random.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { distinct, recordedFrames } from '../corpus/spark-recordings.ts'
import { cut, pick } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { attempt, demand, demandEqual } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const LIMITS = { maxFrameBytes: 64 * 1024 }

/** Frames that Spark never sent in the recordings, one of each type. */
function otherFrames(): Uint8Array[] {
  const frames: Frame[] = [
    { kind: 'rpc-failure', requestId: 7n, error: 'java.lang.Exception: näh\n\tat x.y(Z.java:1)' },
    { kind: 'stream-request', streamId: '/jars/a.jar' },
    { kind: 'stream-failure', streamId: '/jars/a.jar', error: 'no' },
    { kind: 'chunk-fetch-request', streamId: -1n, chunkIndex: 3 },
    { kind: 'chunk-fetch-failure', streamId: 9n, chunkIndex: -1, error: '' },
    { kind: 'one-way', body: new Uint8Array(0) },
  ]
  return frames.map((frame) => join(...encodeFrame(frame)))
}

interface Read {
  readonly frames: Frame[]
  readonly refusal: string | undefined
}

function readFrames(chunks: readonly Uint8Array[]): Read {
  const decoder = new FrameDecoder(LIMITS)
  const frames: Frame[] = []
  try {
    for (const chunk of chunks) {
      for (const frame of decoder.push(chunk)) frames.push(frame)
      demand(
        decoder.bufferedBytes <= LIMITS.maxFrameBytes,
        'more is held than one frame may be long',
      )
    }
    return { frames, refusal: undefined }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { frames, refusal: error.message }
  }
}

export const sparkFrames: FuzzTarget = {
  name: 'spark-frames',
  about: 'the decoder of Spark’s frames, with streams of frames that are cut anywhere',
  share: 10,
  open() {
    const corpus = [...distinct(recordedFrames()).map(({ bytes }) => bytes), ...otherFrames()]
    return (random, note) => {
      const stream = join(
        ...Array.from({ length: 1 + drawInteger(random, 4) }, () => pick(random, corpus)),
      )
      const mutated = mutateBytes(stream, random, corpus)
      note(mutated)
      const whole = readFrames([mutated])
      demandEqual(readFrames(cut(random, mutated)), whole, 'the chunks change what is read')
      for (const frame of whole.frames) {
        const again = readFrames(encodeFrame(frame))
        // Text that is no UTF-8 grows when it is written again.
        if (again.refusal === undefined)
          demandEqual(again.frames, [frame], 'a frame is not what it was')
      }
      return whole.refusal === undefined ? 'taken' : 'refused'
    }
  },
}

export const sparkEnvelopes: FuzzTarget = {
  name: 'spark-envelopes',
  about: 'the envelopes of requests and one-way messages',
  share: 20,
  open() {
    const corpus = distinct(recordedFrames()).flatMap(({ envelope, content }) =>
      envelope === null ? [] : [encodeEnvelope({ ...envelope, content: content.subarray(0, 40) })],
    )
    return (random, note) => {
      const body = mutateBytes(pick(random, corpus), random, corpus)
      note(body)
      return attempt(() => {
        const envelope = decodeEnvelope(body)
        const port = envelope.sender?.port ?? 0
        demand(Number.isInteger(port), `port ${port}`)
        demandEqual(
          decodeEnvelope(encodeEnvelope(envelope)),
          envelope,
          'an envelope is not what it was',
        )
      })
    }
  },
}
