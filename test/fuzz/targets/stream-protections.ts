import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { FrameOpener, FrameSealer } from '@hearth/common/runtime/auth/sealed-frames.ts'
import { openCtrStream } from '@hearth/common/runtime/auth/spark/ctr-stream.ts'
import { openGcmStream } from '@hearth/common/runtime/auth/spark/gcm-stream.ts'
import { openSaslStream } from '@hearth/common/runtime/auth/spark/sasl-stream.ts'
import type { StreamProtection } from '@hearth/common/runtime/auth/spark/stream-protection.ts'
import { chance, cut, pick, randomBytes } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { attempt, demand, demandPrefix } from '../engine/oracle.ts'
import type { FuzzTarget, Note, Outcome } from '../engine/target.ts'

const MAX_MESSAGE_BYTES = 100_000
const SIZES = [1, 2, 9, 60, 300, 1000]

interface Pair {
  readonly sealer: StreamProtection
  readonly opener: StreamProtection
}

function gcmPair(random: RandomState, keyBytes: number): Pair {
  const [key, sendIv] = [randomBytes(random, keyBytes), randomBytes(random, 16)]
  const open = () =>
    openGcmStream(
      { key, sendIv, receiveIv: sendIv },
      { random: (count) => randomBytes(random, count), maxMessageBytes: MAX_MESSAGE_BYTES },
    )
  return { sealer: open(), opener: open() }
}

function ctrPair(random: RandomState, keyBytes: number): Pair {
  const [key, sendIv] = [randomBytes(random, keyBytes), randomBytes(random, 16)]
  const open = () => openCtrStream({ key, sendIv, receiveIv: sendIv })
  return { sealer: open(), opener: open() }
}

function saslPair(random: RandomState): Pair {
  const hash = randomBytes(random, 16)
  const blockBytes = pick(random, [64, 1024, 65_536])
  const options = { blockBytes, maxBlockBytes: MAX_MESSAGE_BYTES }
  return {
    sealer: openSaslStream(hash, 'client', options),
    opener: openSaslStream(hash, 'server', options),
  }
}

export const streamProtections: FuzzTarget = {
  name: 'stream-protections',
  about: 'encrypted streams of SASL, AES-CTR, AES-GCM and Hearth’s own, changed on their way',
  share: 2,
  open() {
    return (random, note) => {
      const manner = drawInteger(random, 7)
      if (manner < 2) return fuzzOrdered(random, saslPair(random), note)
      if (manner < 4) return fuzzGcm(random, gcmPair(random, manner === 2 ? 16 : 32), note)
      if (manner === 4) return fuzzCtr(random, ctrPair(random, chance(random, 0.5) ? 16 : 32), note)
      return fuzzSealedFrames(random, note)
    }
  },
}

interface Opened {
  readonly plain: Uint8Array[]
  readonly outcome: Outcome
}

function messagesOf(random: RandomState): Uint8Array[] {
  const count = 1 + drawInteger(random, 4)
  return Array.from({ length: count }, (_, at) => new Uint8Array(pick(random, SIZES)).fill(at + 1))
}

// Messages may be moved as a whole, which only their order would tell.
function tampered(random: RandomState, sealed: readonly Uint8Array[]): Uint8Array {
  const parts = [...sealed]
  if (chance(random, 0.3)) parts.push(pick(random, sealed))
  if (chance(random, 0.3)) parts.splice(drawInteger(random, parts.length), 1)
  const wire = join(...parts)
  return chance(random, 0.2) ? wire : mutateBytes(wire, random, [wire])
}

function openAll(random: RandomState, wire: Uint8Array, opener: StreamProtection): Opened {
  const plain: Uint8Array[] = []
  const outcome = attempt(() => {
    for (const chunk of cut(random, wire)) {
      plain.push(...opener.open(chunk))
      demand(opener.bufferedBytes <= MAX_MESSAGE_BYTES, 'more is held than one message may be long')
    }
  })
  return { plain, outcome }
}

const sealAll = (messages: readonly Uint8Array[], { sealer }: Pair) =>
  messages.map((message) => join(...sealer.seal([message])))

function fuzzOrdered(random: RandomState, pair: Pair, note: Note): Outcome {
  const messages = messagesOf(random)
  const wire = tampered(random, sealAll(messages, pair))
  note(wire)
  const { plain, outcome } = openAll(random, wire, pair.opener)
  const opened = join(...plain)
  demandPrefix(
    [opened],
    [join(...messages).subarray(0, opened.length)],
    'changed bytes were opened',
  )
  return outcome
}

function fuzzGcm(random: RandomState, pair: Pair, note: Note): Outcome {
  const messages = messagesOf(random)
  const wire = tampered(random, sealAll(messages, pair))
  note(wire)
  const { plain, outcome } = openAll(random, wire, pair.opener)
  const isKnown = (part: Uint8Array) => messages.some((one) => Buffer.compare(one, part) === 0)
  demand(plain.every(isKnown), 'changed bytes were opened')
  return outcome
}

function fuzzCtr(random: RandomState, pair: Pair, note: Note): Outcome {
  const wire = tampered(random, sealAll(messagesOf(random), pair))
  note(wire)
  const { plain, outcome } = openAll(random, wire, pair.opener)
  demand(join(...plain).length === wire.length, 'a stream cipher that changes the length')
  return outcome
}

function fuzzSealedFrames(random: RandomState, note: Note): Outcome {
  const key = randomBytes(random, 32)
  const [sealer, opener] = [new FrameSealer(key), new FrameOpener(key)]
  const messages = messagesOf(random)
  const frames = messages.map((message) => sealer.seal(message))
  const at = drawInteger(random, frames.length)
  if (chance(random, 0.5))
    frames[at] = new Uint8Array(mutateBytes(frames[at] ?? key, random, frames))
  else frames.splice(at, drawInteger(random, 2), pick(random, frames))
  note(join(...frames))
  const opened: Uint8Array[] = []
  const outcome = attempt(() => {
    for (const frame of frames) opened.push(opener.open(frame))
  })
  demandPrefix(opened, messages, 'a changed, repeated or moved message was opened')
  return outcome
}
