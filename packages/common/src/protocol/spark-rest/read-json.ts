import { ProtocolError } from '../protocol-error.ts'
import type { JsonValue } from './json-value.ts'

export interface JsonLimits {
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number
  /** Most values together, keys not counted. */
  readonly maxValues: number
}

/** `end`: the text ends too early. `empty`: there is nothing in it. `limit`: it exceeds a limit. */
export type JsonProblem = 'empty' | 'end' | 'syntax' | 'limit'

/** A text that is no JSON, or more of it than is taken; says where, counted from 1. */
export class JsonError extends ProtocolError {
  readonly problem: JsonProblem
  readonly line: number
  readonly column: number

  constructor(problem: JsonProblem, message: string, text: string, at: number) {
    super(message)
    const before = text.slice(0, at)
    this.problem = problem
    this.line = before.split('\n').length
    this.column = at - before.lastIndexOf('\n')
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// All but quotes, backslashes and control characters.
const PLAIN = /[\u0020-\u0021\u0023-\u005b\u005d-\uffff]+/y
const HEX = /^[0-9a-fA-F]{4}$/
const SPACE = new Set([' ', '\t', '\n', '\r'])
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Reads one JSON value with nothing behind it. Throws a {@link JsonError}. */
export function readJson(text: string, limits: JsonLimits): JsonValue {
  return new JsonReader(text, limits).read()
}

class JsonReader {
  readonly #text: string
  readonly #limits: JsonLimits
  #at = 0
  #values = 0

  constructor(text: string, limits: JsonLimits) {
    this.#text = text
    this.#limits = limits
  }

  read(): JsonValue {
    this.#skipSpace()
    if (this.#at === this.#text.length) {
      throw this.#error('empty', 'No content to map due to end-of-input')
    }
    const value = this.#value(0, 'root')
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the document')
    return value
  }

  #value(depth: number, inside: string): JsonValue {
    this.#values += 1
    if (this.#values > this.#limits.maxValues) {
      throw this.#error('limit', `Document holds more than ${this.#limits.maxValues} values`)
    }
    switch (this.#peek(inside)) {
      case '{':
        return this.#object(this.#deeper(depth))
      case '[':
        return this.#array(this.#deeper(depth))
      case '"':
        return this.#string()
      default:
        return this.#word()
    }
  }

  #object(depth: number): ReadonlyMap<string, JsonValue> {
    const members = new Map<string, JsonValue>()
    this.#at += 1
    if (this.#peek('Object') === '}') {
      this.#at += 1
      return members
    }
    for (;;) {
      if (this.#peek('Object') !== '"') throw this.#unexpected('double-quote to start field name')
      const key = this.#string()
      if (this.#peek('Object') !== ':')
        throw this.#unexpected('a colon to separate field name and value')
      this.#at += 1
      this.#skipSpace()
      members.set(key, this.#value(depth, 'Object'))
      if (this.#endsContainer('}', 'Object')) return members
    }
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = []
    this.#at += 1
    if (this.#peek('Array') === ']') {
      this.#at += 1
      return items
    }
    for (;;) {
      items.push(this.#value(depth, 'Array'))
      if (this.#endsContainer(']', 'Array')) return items
    }
  }

  /** Takes the comma or the end; true for the end. */
  #endsContainer(end: string, inside: string): boolean {
    const char = this.#peek(inside)
    if (char !== end && char !== ',') throw this.#unexpected(`comma to separate ${inside} entries`)
    this.#at += 1
    if (char === ',') this.#skipSpace()
    return char === end
  }

  #string(): string {
    let value = ''
    this.#at += 1
    for (;;) {
      PLAIN.lastIndex = this.#at
      const plain = PLAIN.exec(this.#text)?.[0] ?? ''
      value += plain
      this.#at += plain.length
      const char = this.#text[this.#at]
      if (char === undefined) {
        throw this.#error(
          'end',
          'Unexpected end-of-input: was expecting closing quote for a string value',
        )
      }
      if (char === '"') {
        this.#at += 1
        return value
      }
      if (char !== '\\') throw this.#unexpected('control characters to be escaped')
      value += this.#escape()
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1]
    if (letter === undefined) {
      throw this.#error('end', 'Unexpected end-of-input in character escape sequence')
    }
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!HEX.test(digits)) throw this.#error('syntax', 'Unexpected characters in a \\u escape')
      this.#at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const char = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    if (char === undefined) throw this.#error('syntax', 'Unrecognized character escape')
    this.#at += 2
    return char
  }

  #word(): JsonValue {
    NUMBER.lastIndex = this.#at
    const digits = NUMBER.exec(this.#text)?.[0]
    if (digits !== undefined) {
      this.#at += digits.length
      return { digits }
    }
    const word = WORDS.find(([name]) => this.#text.startsWith(name, this.#at))
    if (word === undefined) throw this.#unexpected('a JSON value')
    this.#at += word[0].length
    return word[1]
  }

  #deeper(depth: number): number {
    if (depth < this.#limits.maxDepth) return depth + 1
    throw this.#error(
      'limit',
      `Document nesting depth (${depth + 1}) exceeds the maximum allowed (${this.#limits.maxDepth})`,
    )
  }

  /** The next character that is not white space. */
  #peek(inside: string): string {
    this.#skipSpace()
    const char = this.#text[this.#at]
    if (char !== undefined) return char
    throw this.#error('end', `Unexpected end-of-input within/between ${inside} entries`)
  }

  #skipSpace(): void {
    while (SPACE.has(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #unexpected(expected: string): JsonError {
    const code = this.#text.codePointAt(this.#at) ?? 0
    const shown = code < 0x20 ? 'CTRL-CHAR' : `'${String.fromCodePoint(code)}'`
    return this.#error(
      'syntax',
      `Unexpected character (${shown} (code ${code})): was expecting ${expected}`,
    )
  }

  #error(problem: JsonProblem, message: string): JsonError {
    return new JsonError(problem, message, this.#text, this.#at)
  }
}
