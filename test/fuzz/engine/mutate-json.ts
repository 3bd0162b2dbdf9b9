// Mutations of JSON documents: in their values, and in their text.
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { chance, pick, place } from './draw.ts'
import { mutateBytes } from './mutate-bytes.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Holder = Json[] | { [name: string]: Json }

const NUMBERS = [
  0, -0, 1, -1, 0.5, 255, 65_535, 65_536, 2_147_483_647, 2_147_483_648, -2_147_483_649, 1e6,
]
const LARGE = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, 1e300, 1e-300]
const TEXTS = [
  '',
  ' ',
  '\0',
  '\n',
  '__proto__',
  'constructor',
  '..',
  'a/../b',
  '\ud800',
  '💥',
  '-1',
  '0',
]
const KEYS = ['__proto__', 'constructor', 'toString', '', 'type', 'custom', 'length']
/** What no JSON.stringify writes. */
const TOKENS = [
  '1e999',
  '-0',
  '"\\u005f_proto__":1,',
  '{"__proto__":{"type":"x"}}',
  '[',
  ']',
  '}',
  ',',
  '\\',
  '\ufeff',
]
const MAX_DEPTH = 3000
const MAX_BYTES = 1024 * 1024
const DEEP = 20_000
/** Stands for a value that nests so deeply. */
const ABYSS = 'abyss'

const encoder = new TextEncoder()

/** One of the documents, mutated in one to three places, as UTF-8. */
export function mutateJson(random: RandomState, samples: readonly string[]): Uint8Array {
  const manner = drawInteger(random, 10)
  const sample = pick(random, samples)
  if (manner < 2)
    return mutateBytes(encoder.encode(sample), random, [encoder.encode(pick(random, samples))])
  const root: Json = [JSON.parse(sample) as Json]
  const times = 1 + drawInteger(random, 3)
  for (let time = 0; time < times; time += 1) mutateValue(random, root, samples)
  // What stands in many places and then grows: the mutations would be what costs the memory.
  if (sizeOf(root, MAX_BYTES) > MAX_BYTES) return encoder.encode(sample)
  const text = deepened(JSON.stringify(root[0] ?? null))
  return encoder.encode(manner < 4 ? insertToken(random, text) : text)
}

// Of its text, about; not counted further than `most`.
function sizeOf(value: Json, most: number): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 4
  let size = 2
  for (const [key, item] of Object.entries(value)) {
    if (size > most) return size
    size += key.length + sizeOf(item, most - size)
  }
  return size
}

function mutateValue(random: RandomState, root: Holder, samples: readonly string[]): void {
  const holders: Holder[] = []
  collect(root, holders)
  // The document itself is the only item of the first.
  const holder = holders.length > 1 && chance(random, 0.97) ? pick(random, holders.slice(1)) : root
  const keys = Object.keys(holder)
  if (keys.length === 0) return
  const key = pick(random, keys)
  switch (drawInteger(random, 6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      return
    case 1:
      repeat(random, holder, key)
      return
    case 2: {
      const others: Holder[] = []
      collect([JSON.parse(pick(random, samples)) as Json], others)
      set(holder, key, pick(random, Object.values(pick(random, others)).concat(null)))
      return
    }
    default:
      set(holder, key, valueOf(random))
  }
}

function repeat(random: RandomState, holder: Holder, key: string): void {
  const value = (holder as { [name: string]: Json })[key] ?? null
  const count = chance(random, 0.97) ? 1 + drawInteger(random, 5) : drawInteger(random, 20_000)
  if (Array.isArray(holder)) {
    if (JSON.stringify(value).length < 1000) for (let i = 0; i < count; i += 1) holder.push(value)
  } else set(holder, chance(random, 0.5) ? pick(random, KEYS) : `${key}${count}`, value)
}

function valueOf(random: RandomState): Json {
  switch (drawInteger(random, 8)) {
    case 0:
      return null
    case 1:
      return chance(random, 0.5)
    case 2:
    case 3:
      return pick(random, chance(random, 0.7) ? NUMBERS : LARGE)
    case 4:
    case 5:
      return pick(random, TEXTS)
    case 6:
      if (chance(random, 0.05)) return ABYSS
      return 'x'.repeat(pick(random, [255, 256, 257, 300, 301, 4097, 70_000]))
    default:
      return nested(chance(random, 0.9) ? drawInteger(random, 40) : drawInteger(random, MAX_DEPTH))
  }
}

function nested(depth: number): Json {
  let value: Json = []
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

// Deeper than JSON.stringify could write it, or anybody walk it recursively; one, for others would be
// gigabytes when the value was repeated.
function deepened(text: string): string {
  const brackets = '['.repeat(DEEP) + ']'.repeat(DEEP)
  return text.replace(`"${ABYSS}"`, brackets)
}

function insertToken(random: RandomState, text: string): string {
  const at = place(random, text.length)
  return text.slice(0, at) + pick(random, TOKENS) + text.slice(at + drawInteger(random, 3))
}

// By definition and not by assignment: one of the keys is `__proto__`.
function set(holder: Holder, key: string, value: Json): void {
  Object.defineProperty(holder, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function collect(value: Json, holders: Holder[]): void {
  if (typeof value !== 'object' || value === null) return
  holders.push(value)
  if (holders.length > 2000) return
  for (const item of Object.values(value)) collect(item, holders)
}
