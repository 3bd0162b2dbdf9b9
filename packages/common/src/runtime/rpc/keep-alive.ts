/**
 * Idle time before TCP asks whether the peer's host is still there (then ten probes, one second apart;
 * Node fixes both). It finds a host that vanished while nothing is in flight, not a stopped process.
 */
export const KEEP_ALIVE_DELAY_MS = 30_000
