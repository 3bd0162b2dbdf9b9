// Where in a well-formed Java object stream something stands that a mutation should know of: the grammar of
// the Java Object Serialization Specification, chapter 6, read without making values of it.
import { ByteReader } from '@hearth/common/protocol/bytes/byte-reader.ts'
import { FIRST_HANDLE, FLAG, TAG } from '@hearth/common/protocol/java-serialization/constants.ts'

export type SpotKind =
  | 'tag'
  | 'handle'
  | 'uid'
  | 'flags'
  | 'type'
  | 'number'
  /** How long or how many. */
  | 'length'

export interface Spot {
  readonly kind: SpotKind
  readonly at: number
  readonly size: number
}

/** A whole value, its tag included. */
export interface Piece {
  readonly start: number
  readonly end: number
}

export interface JavaSpots {
  readonly spots: readonly Spot[]
  readonly pieces: readonly Piece[]
  readonly handles: number
}

interface Class {
  readonly name: string
  readonly flags: number
  readonly types: readonly string[]
  readonly superclass: Class | null
}

const PRIMITIVE_BYTES: Readonly<Record<string, number>> = {
  ...{ B: 1, Z: 1, C: 2, S: 2, I: 4, F: 4, J: 8, D: 8 },
}

/** Throws for what is no stream of the kinds that Spark writes. */
export function findJavaSpots(bytes: Uint8Array): JavaSpots {
  return new Scanner(bytes).scan()
}

class Scanner {
  readonly #in: ByteReader
  readonly #spots: Spot[] = []
  readonly #pieces: Piece[] = []
  readonly #handles: (Class | undefined)[] = []

  constructor(bytes: Uint8Array) {
    this.#in = new ByteReader(bytes)
  }

  scan(): JavaSpots {
    this.#in.readInt32()
    this.#value()
    return { spots: this.#spots, pieces: this.#pieces, handles: this.#handles.length }
  }

  #mark(kind: SpotKind, size: number): void {
    this.#spots.push({ kind, at: this.#in.offset, size })
  }

  #value(): void {
    const start = this.#in.offset
    this.#mark('tag', 1)
    this.#content(this.#in.readUint8())
    this.#pieces.push({ start, end: this.#in.offset })
  }

  #content(tag: number): void {
    switch (tag) {
      case TAG.null:
        return
      case TAG.reference:
        this.#reference()
        return
      case TAG.string:
        this.#handles.push(undefined)
        this.#name()
        return
      case TAG.object:
        this.#object()
        return
      case TAG.array:
        this.#array()
        return
      case TAG.enum:
        this.#class()
        this.#handles.push(undefined)
        this.#value()
        return
      case TAG.class:
        this.#class()
        this.#handles.push(undefined)
        return
      default:
        throw new Error(`tag ${tag} at ${this.#in.offset}`)
    }
  }

  #reference(): Class | undefined {
    this.#mark('handle', 4)
    return this.#handles[this.#in.readInt32() - FIRST_HANDLE]
  }

  #name(): string {
    this.#mark('length', 2)
    return Buffer.from(this.#in.readBytes(this.#in.readUint16())).toString('latin1')
  }

  #object(): void {
    const chain: Class[] = []
    for (let at = this.#class(); at !== null; at = at.superclass) chain.unshift(at)
    this.#handles.push(undefined)
    for (const { flags, types } of chain) {
      for (const type of types) this.#typed(type)
      if ((flags & FLAG.hasWriteObject) !== 0) this.#annotation()
    }
  }

  #annotation(): void {
    for (;;) {
      const tag = this.#in.peekUint8()
      if (tag === TAG.block) {
        this.#mark('tag', 1)
        this.#in.readUint8()
        this.#mark('length', 1)
        const length = this.#in.readUint8()
        if (length === 4) this.#mark('length', 4)
        this.#in.readBytes(length)
      } else if (tag === TAG.endOfBlock) {
        this.#mark('tag', 1)
        this.#in.readUint8()
        return
      } else this.#value()
    }
  }

  #array(): void {
    const { name } = this.#class() ?? { name: '' }
    this.#handles.push(undefined)
    this.#mark('length', 4)
    const length = this.#in.readInt32()
    for (let at = 0; at < length; at += 1) this.#typed(name.charAt(1))
  }

  #typed(type: string): void {
    const size = PRIMITIVE_BYTES[type]
    if (size === undefined) {
      this.#value()
      return
    }
    this.#mark('number', size)
    this.#in.readBytes(size)
  }

  #class(): Class | null {
    this.#mark('tag', 1)
    const tag = this.#in.readUint8()
    if (tag === TAG.null) return null
    if (tag === TAG.reference) return this.#reference() ?? null
    const name = this.#name()
    this.#mark('uid', 8)
    this.#in.readInt64()
    const place = this.#handles.push(undefined) - 1
    this.#mark('flags', 1)
    const flags = this.#in.readUint8()
    this.#mark('length', 2)
    const types = Array.from({ length: this.#in.readUint16() }, () => this.#field())
    this.#mark('tag', 1)
    this.#in.readUint8()
    const described: Class = { name, flags, types, superclass: this.#class() }
    this.#handles[place] = described
    return described
  }

  #field(): string {
    this.#mark('type', 1)
    const type = String.fromCharCode(this.#in.readUint8())
    this.#name()
    if (PRIMITIVE_BYTES[type] === undefined) this.#value()
    return type
  }
}
