import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'

/**
 * Reads the fields of a JSON object that came over a socket or from a file. Every reader returns a
 * value of the right type or throws a ProtocolError that names the document and the field. By hand
 * and not by schema: a schema library would double the launcher's start.
 */
export class JsonFields {
  readonly #what: string
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(value: unknown, what: string) {
    if (!isObject(value)) throw new ProtocolError(`${what} is not a JSON object`)
    this.#what = what
    this.#fields = value
  }

  /** True when there is such a field, whatever it holds. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name)
  }

  text(name: string, maxLength = 1_048_576): string {
    const value = this.#fields[name]
    if (typeof value === 'string' && value.length <= maxLength) return value
    throw this.#wrong(name, `a text of at most ${maxLength} characters`)
  }

  textOrNull(name: string): string | null {
    return this.#fields[name] === null ? null : this.text(name)
  }

  integer(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number {
    const value = this.#fields[name]
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value)
    }
    throw this.#wrong(name, `an integer of ${min} to ${max}`)
  }

  integerOrNull(name: string): number | null {
    return this.#fields[name] === null ? null : this.integer(name)
  }

  boolean(name: string): boolean {
    const value = this.#fields[name]
    if (typeof value === 'boolean') return value
    throw this.#wrong(name, 'true or false')
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const found = choices.find((choice) => choice === this.#fields[name])
    if (found !== undefined) return found
    throw this.#wrong(name, `one of ${choices.join(', ')}`)
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name]
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw this.#wrong(name, 'a list of texts')
  }

  /** A name → text table; the copy has no prototype, so that no name is special. */
  textTable(name: string): Record<string, string> {
    const table = Object.create(null) as Record<string, string>
    for (const [key, value] of Object.entries(this.object(name))) {
      if (typeof value !== 'string') throw this.#wrong(name, 'a table of texts')
      table[key] = value
    }
    return table
  }

  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#fields[name]
    if (isObject(value)) return value
    throw this.#wrong(name, 'an object')
  }

  objectOrNull(name: string): Readonly<Record<string, unknown>> | null {
    return this.#fields[name] === null ? null : this.object(name)
  }

  #wrong(name: string, expected: string): ProtocolError {
    return new ProtocolError(`${this.#what}: '${name}' is not ${expected}`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
