import fs from 'node:fs'
import type { Readable } from 'node:stream'

/** The descriptor on which a launcher says once how its start went. */
export const READY_DESCRIPTOR = 3

const READY = 'ready\n'
const MAX_ANNOUNCEMENT_BYTES = 4096

/**
 * Launcher: tells the worker that waits, `problem` being undefined when all is well, and closes the
 * descriptor. A worker that has died meanwhile is no failure: the next one finds the launcher.
 */
export function announceStart(problem?: string): void {
  try {
    fs.writeSync(READY_DESCRIPTOR, problem === undefined ? READY : `${problem}\n`)
    fs.closeSync(READY_DESCRIPTOR)
  } catch {
    // Its reader is gone, and with it whoever wanted to know.
  }
}

/** Worker: resolves when the launcher says that it is ready, throws with what it says otherwise. */
export async function awaitStart(announcement: Readable): Promise<void> {
  let text = ''
  for await (const chunk of announcement) {
    text = `${text}${String(chunk)}`.slice(0, MAX_ANNOUNCEMENT_BYTES)
  }
  if (text === READY) return
  throw new Error(text === '' ? 'the launcher ended without a word' : text.trim())
}
