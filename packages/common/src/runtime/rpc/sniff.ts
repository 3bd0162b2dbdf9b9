/** Who is at the other end, judged by the first byte; every protocol on the port differs in it. */
export type Caller = 'spark' | 'hearth' | 'tls' | 'text' | 'unknown'

const SPARK_FRAME = 0x00
const HEARTH_MAGIC = 0xf1
const TLS_HANDSHAKE = 0x16

/**
 * A Spark frame starts with the high byte of a 64-bit length, TLS with its handshake record type, an
 * HTTP client with the letter of its method.
 */
export function callerOf(firstByte: number): Caller {
  if (firstByte === SPARK_FRAME) return 'spark'
  if (firstByte === HEARTH_MAGIC) return 'hearth'
  if (firstByte === TLS_HANDSHAKE) return 'tls'
  const letter = firstByte | 0x20
  return letter >= 0x61 && letter <= 0x7a ? 'text' : 'unknown'
}
