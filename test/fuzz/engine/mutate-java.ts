// Mutations of Java object streams, at the places that their grammar gives a meaning.
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { FIRST_HANDLE } from '@hearth/common/protocol/java-serialization/constants.ts'
import { chance, pick } from './draw.ts'
import {
  findJavaSpots,
  type JavaSpots,
  type Piece,
  type Spot,
  type SpotKind,
} from './java-spots.ts'
import { join, mutateBytes, writeBoundary } from './mutate-bytes.ts'
import { mutateJavaTree } from './mutate-java-tree.ts'

/** A recorded or self-made stream, and what stands where in it. */
export interface JavaSample extends JavaSpots {
  readonly bytes: Uint8Array
  readonly byKind: ReadonlyMap<SpotKind, readonly Spot[]>
}

export function javaSample(bytes: Uint8Array): JavaSample {
  const found = findJavaSpots(bytes)
  const byKind = new Map<SpotKind, Spot[]>()
  for (const spot of found.spots) byKind.set(spot.kind, [...(byKind.get(spot.kind) ?? []), spot])
  return { bytes, byKind, ...found }
}

/** One of the samples, mutated: as a graph, in its bytes where they have a meaning, or anywhere. */
export function mutateJava(random: RandomState, samples: readonly JavaSample[]): Uint8Array {
  const sample = pick(random, samples)
  const manner = drawInteger(random, 10)
  if (manner < 2) return mutateJavaTree(random, sample.bytes, pick(random, samples).bytes)
  if (manner < 3) {
    const mutated = mutateJavaTree(random, sample.bytes, pick(random, samples).bytes)
    return mutateBytes(mutated, random, [sample.bytes])
  }
  if (manner < 8) return mutateSpots(random, sample, samples)
  return mutateBytes(sample.bytes, random, [sample.bytes, pick(random, samples).bytes])
}

function mutateSpots(
  random: RandomState,
  sample: JavaSample,
  samples: readonly JavaSample[],
): Uint8Array {
  if (chance(random, 0.3)) return movePieces(random, sample, samples)
  const copy = sample.bytes.slice()
  const times = 1 + drawInteger(random, 3)
  for (let time = 0; time < times; time += 1) {
    const kinds = [...sample.byKind.keys()]
    editSpot(random, copy, pick(random, sample.byKind.get(pick(random, kinds)) ?? []), sample)
  }
  return copy
}

function editSpot(random: RandomState, bytes: Uint8Array, spot: Spot, sample: JavaSample): void {
  switch (spot.kind) {
    case 'tag':
      bytes[spot.at] = 0x6f + drawInteger(random, 17)
      return
    case 'type':
      bytes[spot.at] = pick(
        random,
        Array.from('BCDFIJSZL[', (type) => type.charCodeAt(0)),
      )
      return
    case 'flags':
      bytes[spot.at] = pick(random, [0, 1, 2, 3, 4, 8, 12, 16, 18, drawInteger(random, 256)])
      return
    case 'handle': {
      const handle = FIRST_HANDLE + drawInteger(random, sample.handles + 1)
      new DataView(bytes.buffer, bytes.byteOffset).setInt32(spot.at, handle)
      return
    }
    case 'uid':
    case 'number':
    case 'length':
      writeBoundary(bytes, spot.at, spot.size, random)
  }
}

// A whole value takes the place of another, is repeated, or is left out.
function movePieces(
  random: RandomState,
  sample: JavaSample,
  samples: readonly JavaSample[],
): Uint8Array {
  const { bytes } = sample
  const target = pick(random, sample.pieces)
  const from = chance(random, 0.6) ? sample : pick(random, samples)
  const source = cutOut(from.bytes, pick(random, from.pieces))
  const head = bytes.subarray(0, target.start)
  const tail = bytes.subarray(target.end)
  switch (drawInteger(random, 4)) {
    case 0:
      return join(head, source, tail)
    case 1:
      return join(head, tail)
    case 2:
      return join(head, source, bytes.subarray(target.start))
    default: {
      const times = chance(random, 0.9) ? drawInteger(random, 8) : drawInteger(random, 2000)
      const short = source.length < 64 ? times : Math.min(times, 8)
      return join(
        head,
        ...Array.from({ length: short }, () => source),
        bytes.subarray(target.start),
      )
    }
  }
}

function cutOut(bytes: Uint8Array, { start, end }: Piece): Uint8Array {
  return bytes.subarray(start, end)
}
