import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject, type JsonValue } from './json-value.ts'
import { JsonError, readJson } from './read-json.ts'

const LIMITS = { maxDepth: 100, maxValues: 1_000 }

/** As JSON.parse gives it. */
function plain(value: JsonValue): unknown {
  if (isJsonObject(value)) {
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  }
  if (Array.isArray(value)) return value.map((item: JsonValue) => plain(item))
  return value !== null && typeof value === 'object' && 'digits' in value
    ? Number(value.digits)
    : value
}

function problemOf(text: string, limits = LIMITS): JsonError {
  try {
    readJson(text, limits)
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

test('whatever JSON.stringify writes is read the same', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
      expect(plain(readJson(space + text + space, { ...LIMITS, maxValues: 1e6 }))).toEqual(
        JSON.parse(text),
      )
    }),
  )
})

test('what JSON.parse refuses is refused, with a place in the text', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '}', ',', '\\', 'x'),
      (json, at, put) => {
        const cut = at % (json.length + 1)
        const text = json.slice(0, cut) + put + json.slice(cut + 1)
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        if (isJson) expect(plain(readJson(text, LIMITS))).toEqual(JSON.parse(text))
        else {
          const { line, column } = problemOf(text)
          expect(line).toBeGreaterThanOrEqual(1)
          expect(column).toBeGreaterThanOrEqual(1)
        }
      },
    ),
  )
})

test('numbers keep their spelling', () => {
  expect(readJson('[1.0, 1e400, -0, 12345678901234567890]', LIMITS)).toEqual(
    ['1.0', '1e400', '-0', '12345678901234567890'].map((digits) => ({ digits })),
  )
})

test('of equal keys the last wins, and no key is special', () => {
  const value = readJson('{"a":1,"__proto__":{"x":true},"constructor":2,"a":"b"}', LIMITS)
  expect(value).toEqual(
    new Map<string, unknown>([
      ['a', 'b'],
      ['__proto__', new Map([['x', true]])],
      ['constructor', { digits: '2' }],
    ]),
  )
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

test('escapes', () => {
  expect(readJson(String.raw`"\"\\\/\b\f\n\r\té😀"`, LIMITS)).toBe('"\\/\b\f\n\r\té😀')
})

describe('limits', () => {
  test('depth', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(readJson(nested(100), LIMITS)).toBeInstanceOf(Array)
    expect(problemOf(nested(101)).problem).toBe('limit')
    // Never more of the stack than the limit takes, however deep it is.
    expect(problemOf(nested(1_000_000)).problem).toBe('limit')
    expect(problemOf('{"a":'.repeat(200)).problem).toBe('limit')
  })

  test('values', () => {
    expect(problemOf(`[${'1,'.repeat(1_000)}1]`).problem).toBe('limit')
  })
})

test.each([
  ['', 'empty', 1, 1],
  [' \n ', 'empty', 2, 2],
  ['{"action":', 'end', 1, 11],
  ['{"a', 'end', 1, 4],
  ['[1,', 'end', 1, 4],
  ['{\n"a" 1}', 'syntax', 2, 5],
  ['{} {}', 'syntax', 1, 4],
  ['"\u0001"', 'syntax', 1, 2],
  ['{"a":1,}', 'syntax', 1, 8],
  ['nul', 'syntax', 1, 1],
])('%j is refused: %s at %i:%i', (text, problem, line, column) => {
  expect(problemOf(text)).toMatchObject({ problem, line, column })
})
