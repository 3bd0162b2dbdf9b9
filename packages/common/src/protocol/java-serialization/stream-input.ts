import { ByteReader } from '../bytes/byte-reader.ts'
import { decodeModifiedUtf8 } from '../bytes/modified-utf8.ts'
import { InternTable } from '../bytes/intern-table.ts'
import { ProtocolError } from '../protocol-error.ts'
import { FIRST_HANDLE } from './constants.ts'
import type { JavaLimits } from './limits.ts'
import type { JavaClassDescriptor, JavaReferable } from './tree.ts'

const MAX_ERROR_LENGTH = 300

const names = new InternTable()
const readInterned = (bytes: Uint8Array, from: number, to: number) => names.read(bytes, from, to)

/**
 * A stream being read: the cursor, the table of handles, and the account of what the stream has cost
 * so far. Whatever exceeds a limit throws.
 */
export class StreamInput extends ByteReader {
  readonly #limits: JavaLimits
  // A place stays undefined until what it stands for is complete.
  readonly #handles: (JavaReferable | JavaClassDescriptor | undefined)[] = []
  #depth = 0
  #elements = 0
  #stringBytes = 0

  constructor(bytes: Uint8Array, limits: JavaLimits) {
    if (bytes.length > limits.maxBytes) {
      throw new ProtocolError(
        `Java stream of ${bytes.length} bytes is longer than the limit of ${limits.maxBytes}`,
      )
    }
    // Its many texts are views of it, which a plain array makes much faster than a Buffer.
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    this.#limits = limits
  }

  /** Takes the next handle for a value that can be referred to at once, even from within itself. */
  register<T extends JavaReferable>(value: T): T {
    this.fill(this.reserve(), value)
    return value
  }

  /** Takes the next handle; referring to it is an error until {@link fill}. */
  reserve(): number {
    if (this.#handles.length >= this.#limits.maxHandles) {
      throw this.error(`more than ${this.#limits.maxHandles} objects`)
    }
    return this.#handles.push(undefined) - 1
  }

  fill(place: number, value: JavaReferable | JavaClassDescriptor): void {
    this.#handles[place] = value
  }

  /** Reads a handle and returns what it stands for. */
  readHandle(): JavaReferable | JavaClassDescriptor {
    const handle = this.readInt32()
    const target = this.#handles[handle - FIRST_HANDLE]
    if (target === undefined) {
      throw this.error(`reference to handle ${handle}, which is not complete or does not exist`)
    }
    return target
  }

  /** Reads that many bytes of modified UTF-8. */
  readText(length: number): string {
    this.countStringBytes(length)
    return this.readRange(length, decodeModifiedUtf8)
  }

  /** The name of a class or field, or the type of one: not an object, but it costs memory all the same. */
  readName(): string {
    const length = this.readUint16()
    this.countStringBytes(length)
    return this.readRange(length, readInterned)
  }

  readArrayLength(): number {
    const length = this.readInt32()
    if (length < 0 || length > this.#limits.maxArrayLength) {
      throw this.error(`array of ${length} elements, limit ${this.#limits.maxArrayLength}`)
    }
    this.countElements(length)
    return length
  }

  enter(): void {
    this.#depth += 1
    if (this.#depth > this.#limits.maxDepth) {
      throw this.error(`nested deeper than ${this.#limits.maxDepth} levels`)
    }
  }

  leave(): void {
    this.#depth -= 1
  }

  countElements(count: number): void {
    this.#elements += count
    if (this.#elements > this.#limits.maxElements) {
      throw this.error(`more than ${this.#limits.maxElements} values`)
    }
  }

  countStringBytes(count: number): void {
    this.#stringBytes += count
    if (this.#stringBytes > this.#limits.maxStringBytes) {
      throw this.error(`strings of more than ${this.#limits.maxStringBytes} bytes in all`)
    }
  }

  /** A refusal with the place of the problem. */
  error(problem: string): ProtocolError {
    return new ProtocolError(`Java stream: ${printable(problem)} (offset ${this.offset})`)
  }
}

// Names come from the peer and the text goes into logs and replies: shortened, and without control
// characters.
function printable(text: string): string {
  const shown = text.length > MAX_ERROR_LENGTH ? `${text.slice(0, MAX_ERROR_LENGTH)}...` : text
  return shown.replace(/[^\x20-\x7e]/g, '?')
}
