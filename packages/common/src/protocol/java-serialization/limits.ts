/**
 * What one object stream may cost. Spark's own messages stay below a hundredth of the defaults; a
 * stream beyond a limit is refused with a ProtocolError that names the limit.
 */
export interface JavaLimits {
  /** Bytes of the whole stream. */
  readonly maxBytes: number
  /** Objects within objects. Reading and writing recurse, so this also bounds the stack. */
  readonly maxDepth: number
  /** Descriptors, objects, arrays, strings, enums and classes in all. */
  readonly maxHandles: number
  /** Bytes of all strings together; a reference to a string counts like the string. */
  readonly maxStringBytes: number
  /** Elements of one array. */
  readonly maxArrayLength: number
  /** Field values, array elements, annotation items and class levels in all. */
  readonly maxElements: number
}

export const DEFAULT_JAVA_LIMITS: JavaLimits = {
  maxBytes: 16 * 1024 * 1024,
  maxDepth: 100,
  maxHandles: 100_000,
  maxStringBytes: 8 * 1024 * 1024,
  maxArrayLength: 100_000,
  maxElements: 500_000,
}

// A superclass can be a reference of five bytes, so without these two a short stream could describe
// classes whose every object, or every field look-up, costs hundreds of thousands of steps. The
// largest class on Spark's wire has 21 fields, the longest hierarchy five classes.
export const MAX_FIELDS_PER_CLASS = 256
export const MAX_HIERARCHY = 32

/** The longest on Spark's wire has 75; refusals name the class that they are about. */
export const MAX_CLASS_NAME_LENGTH = 512
