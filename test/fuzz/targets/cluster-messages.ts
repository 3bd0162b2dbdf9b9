import { toEvent as toMasterEvent } from '@hearth/master/doors/cluster/to-event.ts'
import { toEvent as toWorkerEvent } from '@hearth/worker/doors/cluster/to-event.ts'
import { ClusterFrameDecoder } from '@hearth/common/protocol/cluster/frame-decoder.ts'
import { CLUSTER_MAGIC, encodeClusterFrame } from '@hearth/common/protocol/cluster/frame.ts'
import { parseJsonDocument } from '@hearth/common/protocol/cluster/json-document.ts'
import { MasterToWorker, WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import { messageReader } from '@hearth/common/protocol/cluster/read-message.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { drawInteger } from '@hearth/common/domain/random.ts'
import { TO_MASTER, TO_WORKER } from '../corpus/cluster-messages.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { mutateJson } from '../engine/mutate-json.ts'
import {
  attempt,
  demand,
  demandEqual,
  demandResources,
  demandWholeNumbers,
} from '../engine/oracle.ts'
import type { Fuzz, FuzzTarget } from '../engine/target.ts'

const MAX_MESSAGE_BYTES = 128 * 1024
const LIMITS = { maxMessageBytes: MAX_MESSAGE_BYTES, maxDepth: 32, maxValues: 10_000 }

const toText = (messages: readonly unknown[]) => messages.map((message) => JSON.stringify(message))

interface Read {
  readonly messages: unknown[]
  readonly refusal: string | undefined
}

function readMessages(chunks: readonly Uint8Array[], expectMagic: boolean): Read {
  const decoder = new ClusterFrameDecoder(LIMITS, { expectMagic })
  const messages: unknown[] = []
  try {
    for (const chunk of chunks) {
      for (const message of decoder.push(chunk)) messages.push(message)
      demand(
        decoder.bufferedBytes <= MAX_MESSAGE_BYTES,
        'more is held than one message may be long',
      )
    }
    return { messages, refusal: undefined }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { messages, refusal: error.message }
  }
}

export const clusterFrames: FuzzTarget = {
  name: 'cluster-frames',
  about: 'the decoder of frames between Hearth’s daemons, and its JSON documents',
  share: 10,
  open() {
    const frames = [...TO_MASTER, ...TO_WORKER].map((message) =>
      join(...encodeClusterFrame(message, MAX_MESSAGE_BYTES)),
    )
    const corpus = [...frames, CLUSTER_MAGIC]
    return (random, note) => {
      const expectMagic = chance(random, 0.5)
      const count = 1 + drawInteger(random, 3)
      const stream = join(
        ...(expectMagic ? [CLUSTER_MAGIC] : []),
        ...Array.from({ length: count }, () => pick(random, frames)),
      )
      const mutated = mutateBytes(stream, random, corpus)
      note(mutated)
      const whole = readMessages([mutated], expectMagic)
      const inChunks = readMessages(cut(random, mutated), expectMagic)
      demandEqual(inChunks, whole, 'the chunks change what is read')
      demand(whole.messages.every(hasPlainPrototype), 'a message with a prototype of its own')
      return whole.refusal === undefined ? 'taken' : 'refused'
    }
  },
}

function hasPlainPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Object.hasOwn(value, '__proto__')) return false
  return Object.values(value).every(hasPlainPrototype)
}

// A document as it lies in a frame: parsed, checked, and made an event, as the door does.
function fuzzDoor(samples: readonly string[], toEvent: (message: unknown) => unknown): Fuzz {
  return (random, note) => {
    const document = mutateJson(random, samples)
    note(document)
    return attempt(() => {
      const message = parseJsonDocument(document, LIMITS)
      const event = toEvent(message)
      demandWholeNumbers(event, 'event')
      demandResources(event)
    })
  }
}

export const clusterToMaster: FuzzTarget = {
  name: 'cluster-to-master',
  about: 'what a worker says: JSON, schema, and the master’s door',
  share: 6,
  open() {
    const read = messageReader(WorkerToMaster)
    return fuzzDoor(toText(TO_MASTER), (message) => toMasterEvent('worker-1', read(message)))
  },
}

export const clusterToWorker: FuzzTarget = {
  name: 'cluster-to-worker',
  about: 'what a master says: JSON, schema, and the worker’s door',
  share: 6,
  open() {
    const read = messageReader(MasterToWorker)
    return fuzzDoor(toText(TO_WORKER), (message) => toWorkerEvent(1, read(message)))
  },
}
