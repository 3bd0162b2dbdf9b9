// What unmodified releases of Spark said to each other, as material for mutations.
import {
  CONVERSATIONS,
  readCollections,
  readConversation,
  RELEASES,
  fromHex,
  type RecordedFrame,
} from '../../fixtures/spark/recordings.ts'
import { madeMessages } from './made-messages.ts'
import { javaSample, type JavaSample } from '../engine/mutate-java.ts'

// Several targets use the same, and nobody changes it.
function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}

/** Every recorded frame of every release. */
export const recordedFrames = once((): RecordedFrame[] => {
  return RELEASES.flatMap((release) =>
    CONVERSATIONS.flatMap((name) => readConversation(release, name)),
  )
})

/** One of each: most messages were recorded many times with small differences. */
export function distinct(frames: readonly RecordedFrame[]): RecordedFrame[] {
  const found = new Map<string, RecordedFrame>()
  for (const frame of frames) found.set(`${frame.type} ${frame.uid} ${frame.content.length}`, frame)
  return [...found.values()]
}

/** The Java streams of requests, one-way messages and answers that are messages, recorded and made. */
export const messageSamples = once((): JavaSample[] => {
  const frames = distinct(recordedFrames()).filter(({ type, class: name }) => {
    return type !== 'RpcResponse' || name.endsWith('Response')
  })
  const collections = readCollections().map(({ hex }) => fromHex(hex))
  return samplesOf([...frames.map(({ content }) => content), ...collections, ...madeMessages()])
})

/** The Java streams of answers. */
export const replySamples = once((): JavaSample[] => {
  const frames = recordedFrames().filter(({ type }) => type === 'RpcResponse')
  return samplesOf(distinct(frames).map(({ content }) => content))
})

/** What the dialling side of each recorded conversation sent, as one stream of bytes. */
export function dialledStreams(): Uint8Array[] {
  return RELEASES.flatMap((release) =>
    CONVERSATIONS.map((name) => {
      const frames = readConversation(release, name) as readonly (RecordedFrame & {
        dir?: string
      })[]
      return new Uint8Array(
        Buffer.concat(frames.filter(({ dir }) => dir === 'c2s').map(({ bytes }) => bytes)),
      )
    }),
  ).filter((bytes) => bytes.length > 0)
}

// A few collections were recorded within streams that the scanner does not need to know.
function samplesOf(streams: readonly Uint8Array[]): JavaSample[] {
  return streams.flatMap((bytes) => {
    try {
      return [javaSample(bytes)]
    } catch {
      return []
    }
  })
}
