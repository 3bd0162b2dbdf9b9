// Mutations that know nothing of what the bytes mean.
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { chance, pick, place, randomBytes, stretch } from './draw.ts'

const BOUNDARIES: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 8n, 9n, 16n, 127n, 128n, 255n, 256n, 257n, 4095n, 4096n, 4097n, 16_384n],
  ...[32_767n, 32_768n, 65_535n, 65_536n, 100_000n, 100_001n, 0x7e_0000n, 0x7e_0001n],
  ...[(1n << 24n) - 1n, 1n << 24n, 1n << 26n, (1n << 26n) + 1n, 0x7fff_ffffn, 0x8000_0000n],
  ...[0xffff_fffen, 0xffff_ffffn, 1n << 32n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n],
  ...[1n << 63n, (1n << 64n) - 2n, (1n << 64n) - 1n],
]

/** At most so many bytes: what a mutation repeats must not make every input long. */
const MAX_BYTES = 256 * 1024

type Mutation = (
  bytes: Uint8Array,
  random: RandomState,
  corpus: readonly Uint8Array[],
) => Uint8Array

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setBoundary,
  setBoundary,
  truncate,
  dropStretch,
  repeatStretch,
  insertRandom,
  moveStretch,
  splice,
  overwrite,
]

/** One to four mutations, one upon the other; `corpus` is what may be spliced in. */
export function mutateBytes(
  bytes: Uint8Array,
  random: RandomState,
  corpus: readonly Uint8Array[],
): Uint8Array {
  let mutated = bytes
  const times = chance(random, 0.6) ? 1 : 1 + drawInteger(random, 4)
  for (let time = 0; time < times; time += 1) {
    mutated = pick(random, MUTATIONS)(mutated, random, corpus)
  }
  return mutated.length > MAX_BYTES ? mutated.subarray(0, MAX_BYTES) : mutated
}

/** An unsigned integer of that many bytes, at a boundary or near the one that stands there. */
export function writeBoundary(
  bytes: Uint8Array,
  at: number,
  size: number,
  random: RandomState,
): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let old = 0n
  for (let i = 0; i < size; i += 1) old = (old << 8n) | BigInt(buffer[at + i] ?? 0)
  let value = chance(random, 0.3)
    ? old + BigInt(drawInteger(random, 9) - 4)
    : pick(random, BOUNDARIES)
  for (let i = size - 1; i >= 0; i -= 1) {
    buffer[at + i] = Number(value & 0xffn)
    value >>= 8n
  }
}

function flipBit(bytes: Uint8Array, random: RandomState): Uint8Array {
  const copy = bytes.slice()
  const at = place(random, copy.length)
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << drawInteger(random, 8))
  return copy
}

function setByte(bytes: Uint8Array, random: RandomState): Uint8Array {
  const copy = bytes.slice()
  const values = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x70,
    0x78,
    0xc0,
    0x22,
    0x5c,
    0x0a,
    drawInteger(random, 256),
  ]
  if (copy.length > 0) copy[place(random, copy.length)] = pick(random, values)
  return copy
}

function setBoundary(bytes: Uint8Array, random: RandomState): Uint8Array {
  const size = pick(random, [1, 2, 4, 8])
  if (bytes.length < size) return setByte(bytes, random)
  const copy = bytes.slice()
  const last = copy.length - size
  const at = chance(random, 0.3) ? Math.min(last, drawInteger(random, 40)) : place(random, last + 1)
  writeBoundary(copy, at, size, random)
  return copy
}

function truncate(bytes: Uint8Array, random: RandomState): Uint8Array {
  return bytes.subarray(0, place(random, bytes.length))
}

function dropStretch(bytes: Uint8Array, random: RandomState): Uint8Array {
  const [start, end] = stretch(random, bytes.length)
  return join(bytes.subarray(0, start), bytes.subarray(end))
}

function repeatStretch(bytes: Uint8Array, random: RandomState): Uint8Array {
  const [start, end] = stretch(random, bytes.length)
  const part = bytes.subarray(start, end)
  const most = chance(random, 0.9) ? 4 : Math.floor(MAX_BYTES / 4 / (part.length + 1))
  const times = 1 + drawInteger(random, Math.max(1, most))
  return join(
    bytes.subarray(0, end),
    ...Array.from({ length: times }, () => part),
    bytes.subarray(end),
  )
}

function insertRandom(bytes: Uint8Array, random: RandomState): Uint8Array {
  const at = place(random, bytes.length + 1)
  const count = 1 + drawInteger(random, 16)
  return join(bytes.subarray(0, at), randomBytes(random, count), bytes.subarray(at))
}

function moveStretch(bytes: Uint8Array, random: RandomState): Uint8Array {
  const [start, end] = stretch(random, bytes.length)
  const rest = join(bytes.subarray(0, start), bytes.subarray(end))
  const at = place(random, rest.length + 1)
  return join(rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at))
}

// The beginning of one and the end of another.
function splice(bytes: Uint8Array, random: RandomState, corpus: readonly Uint8Array[]): Uint8Array {
  const other = pick(random, corpus)
  return join(
    bytes.subarray(0, place(random, bytes.length + 1)),
    other.subarray(place(random, other.length + 1)),
  )
}

function overwrite(
  bytes: Uint8Array,
  random: RandomState,
  corpus: readonly Uint8Array[],
): Uint8Array {
  const other = pick(random, corpus)
  const [start, end] = stretch(random, other.length)
  const copy = bytes.slice()
  const at = place(random, copy.length)
  copy.set(other.subarray(start, Math.min(end, start + copy.length - at)), at)
  return copy
}

/** The parts one behind the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
