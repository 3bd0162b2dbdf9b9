/**
 * Bytes or a document from a peer that break its protocol. The message names what was wrong and
 * where; it is safe to log and to send back. Whoever owns the connection closes it; the daemon goes on.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
