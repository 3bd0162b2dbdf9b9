// The grammar of a Java object stream (Java Object Serialization Specification, chapter 6;
// java.io.ObjectStreamConstants).

/** AC ED 00 05: magic and version. */
export const STREAM_HEADER = 0xaced_0005 | 0

/** Handles count up from here, one for every descriptor, object, array, string, enum and class. */
export const FIRST_HANDLE = 0x7e_0000

/** The byte that starts every element of a stream. */
export const TAG = {
  null: 0x70,
  reference: 0x71,
  classDescriptor: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  class: 0x76,
  block: 0x77,
  endOfBlock: 0x78,
  reset: 0x79,
  longBlock: 0x7a,
  exception: 0x7b,
  longString: 0x7c,
  proxyDescriptor: 0x7d,
  enum: 0x7e,
} as const

/** Bits of a class descriptor's flags. */
export const FLAG = {
  /** The class has a writeObject method: its fields are followed by an annotation. */
  hasWriteObject: 0x01,
  serializable: 0x02,
  externalizable: 0x04,
  enum: 0x10,
} as const

/** Longest string, in bytes of modified UTF-8, that is written with the 16-bit length. */
export const MAX_SHORT_STRING = 0xffff

/** Why a tag is refused where a value or a class belongs. */
export function refusalOfTag(tag: number): string {
  switch (tag) {
    case TAG.proxyDescriptor:
      return 'dynamic proxy class; no such class is expected'
    case TAG.exception:
      return 'the peer failed while it wrote the stream'
    case TAG.reset:
      return 'reset within a message'
    default:
      return `tag 0x${tag.toString(16).padStart(2, '0')} where a value or a class belongs`
  }
}
