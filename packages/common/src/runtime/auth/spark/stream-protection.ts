/**
 * What lies between the bytes of a socket and the frames once two ends have authenticated. Each end has
 * one; both directions are separate streams with their own keys or counters.
 */
export interface StreamProtection {
  /** Such as `AES/CTR/NoPadding`, for people. */
  readonly name: string
  /** Bytes held of what cannot be opened yet. */
  readonly bufferedBytes: number
  /** The parts, taken together as one message, as they go over the wire. */
  seal(parts: readonly Uint8Array[]): Uint8Array[]
  /**
   * What the peer has written, as far as this chunk completes it. Throws ProtocolError for what the peer
   * cannot have sealed, where the protection can tell, after what came before it.
   */
  open(chunk: Uint8Array): Generator<Uint8Array, void, undefined>
}
