// Patterns that ids are made by, as Spark 4 takes them (`spark.deploy.appIdPattern`,
// `spark.worker.idPattern`): Java's `String.format`, of which ids need only text and whole numbers.
import { isSafeId } from './ids.ts'

/** What stands behind a position of a pattern: text takes `%s`, whole numbers also `%d`. */
export type ArgumentKind = 'text' | 'integer'

export interface IdPattern {
  /**
   * The id for these arguments, one per kind given to {@link parseIdPattern}, in their order.
   * Undefined when it is no safe id, which a host of strange characters or great length can cause.
   */
  readonly format: (values: readonly (string | number)[]) => string | undefined
  /** True when the argument at `index` (from 0) is part of every id. */
  readonly uses: (index: number) => boolean
}

/** A whole piece of a pattern: text as it stands, or a reference to an argument. */
type Piece = string | Reference

interface Reference {
  readonly index: number
  readonly conversion: 's' | 'd'
  readonly isUpperCase: boolean
  /** `%04d`: zeros in front up to this length; 0 for none. */
  readonly width: number
  /** `%.8s`: at most so many characters; undefined for all. */
  readonly precision: number | undefined
}

/** Ids are at most 255 characters; so is what pads them. */
const MAX_PATTERN_LENGTH = 255

// %[index$][flags][width][.precision]conversion, as java.util.Formatter (Java 17) reads it.
const SPECIFIER = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/y

const SAMPLES: Readonly<Record<ArgumentKind, string | number>> = { text: 'x', integer: 1 }

/**
 * A pattern such as `worker-%s-%s-%d` as a formatter, or one sentence that says what is wrong with it.
 * Understood are `%s`, `%S`, `%.Ns`, `%d`, `%0Nd`, `%%` and each with a position (`%2$04d`); arguments
 * that a pattern does not use are left out, as Java leaves them out. Blanks are refused, and so is
 * what would pad with them.
 */
export function parseIdPattern(
  pattern: string,
  kinds: readonly ArgumentKind[],
): IdPattern | string {
  if (/\s/.test(pattern)) return 'an id may not contain white space'
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `it is longer than the ${MAX_PATTERN_LENGTH} characters of an id`
  }
  const pieces = parsePieces(pattern, kinds)
  if (typeof pieces === 'string') return pieces
  const format = (values: readonly (string | number)[]) => formatId(pieces, values)
  if (format(kinds.map((kind) => SAMPLES[kind])) === undefined) {
    return 'it does not make an id: letters, digits and _ . : [ ] % - are allowed, 1 to 255 of them'
  }
  const used = new Set(pieces.map((piece) => (typeof piece === 'string' ? -1 : piece.index)))
  return { format, uses: (index) => used.has(index) }
}

// The problem as a sentence, in place of the pieces, at the first that is wrong.
function parsePieces(pattern: string, kinds: readonly ArgumentKind[]): Piece[] | string {
  const pieces: Piece[] = []
  let ordinary = 0
  let at = 0
  while (at < pattern.length) {
    if (pattern[at] !== '%') {
      const next = pattern.indexOf('%', at)
      const end = next === -1 ? pattern.length : next
      pieces.push(pattern.slice(at, end))
      at = end
      continue
    }
    SPECIFIER.lastIndex = at
    const match = SPECIFIER.exec(pattern)
    if (match === null) return `${JSON.stringify(pattern.slice(at))} is no conversion; %% is a %`
    if (match[5] === '%') {
      if (match[0] !== '%%') return `${match[0]} is not understood; %% is a %`
      pieces.push('%')
    } else {
      const reference = parseReference(match, ordinary, kinds)
      if (typeof reference === 'string') return reference
      // Java counts the specifiers without a position by themselves.
      if (match[1] === undefined) ordinary += 1
      pieces.push(reference)
    }
    at = SPECIFIER.lastIndex
  }
  return pieces
}

function parseReference(
  [text, position, flags = '', width, precision, letter]: RegExpExecArray,
  ordinary: number,
  kinds: readonly ArgumentKind[],
): Reference | string {
  const conversion = letter === 'S' ? 's' : letter
  if (conversion !== 's' && conversion !== 'd') {
    return `${text} is not understood; %s and %d are`
  }
  const index = position === undefined ? ordinary : Number(position) - 1
  const kind = kinds[index]
  if (kind === undefined) return `${text} has no argument: there are ${kinds.length}`
  if (conversion === 'd' && kind !== 'integer')
    return `${text} takes a number, and argument ${index + 1} is a text`
  if (conversion === 's' && (flags !== '' || width !== undefined)) {
    return `${text} is not understood: %s takes no flag and no width, which would pad with blanks`
  }
  if (conversion === 'd' && precision !== undefined) return `${text}: %d takes no precision`
  if (flags !== '' && flags !== '0') return `${text}: only the flag 0 is understood`
  if ((flags === '0') !== (width !== undefined)) {
    return flags === '0'
      ? `${text} lacks a width`
      : `${text} would pad with blanks; write %0${width ?? ''}d`
  }
  if (Number(width ?? 0) > MAX_PATTERN_LENGTH) return `${text} is longer than an id can be`
  return {
    index,
    conversion,
    isUpperCase: letter === 'S',
    width: Number(width ?? 0),
    precision: precision === undefined ? undefined : Number(precision),
  }
}

function formatId(
  pieces: readonly Piece[],
  values: readonly (string | number)[],
): string | undefined {
  const id = pieces
    .map((piece) => (typeof piece === 'string' ? piece : formatReference(piece, values)))
    .join('')
  return isSafeId(id) ? id : undefined
}

function formatReference(piece: Reference, values: readonly (string | number)[]): string {
  const text = String(values[piece.index] ?? '')
  const cut = piece.precision === undefined ? text : text.slice(0, piece.precision)
  const cased = piece.isUpperCase ? cut.toUpperCase() : cut
  return cased.padStart(piece.width, '0')
}
