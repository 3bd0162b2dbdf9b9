import { open, rename } from 'node:fs/promises'
import path from 'node:path'

/**
 * Replaces a file so that after a crash either the old or the new text is there, whole. Readable by the
 * owner only. Writes to one file must not overlap.
 */
export async function writeDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  await syncDirectory(path.dirname(file))
}

// Without it the new name itself could be lost with the machine.
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
