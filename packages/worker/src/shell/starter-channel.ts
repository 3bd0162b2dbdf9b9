/**
 * Tells whoever started this process over IPC, for example a test or `hearth up`; nothing when nobody
 * listens.
 */
export function tellStarter(message: Readonly<Record<string, string | number>>): void {
  if (process.connected) process.send?.(message)
}
