// The main class that a jar names itself, for submissions without --class: its manifest's Main-Class, as
// spark-submit takes it (SparkSubmit.prepareSubmitEnvironment, 3.5 and 4.x).
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { open, type Entry, type ZipFile } from 'yauzl'
import { usageFailure } from '../command-failure.ts'

/** Of a manifest only the first section counts; that of a signed jar goes on for megabytes. */
const MAX_SECTION_BYTES = 65_536

/**
 * The main class that the manifest of a jar names. Throws a usage failure that says why there is none: the jar is
 * not on this machine, cannot be read, or names none.
 *
 * @param uri as {@link resolveUri} makes it
 */
export async function jarMainClass(uri: string): Promise<string> {
  if (!uri.startsWith('file:')) {
    throw noMainClass(`${uri} is not on this machine, and only there a manifest is read`)
  }
  const url = new URL(uri)
  url.hash = ''
  const section = await mainSectionOf(fileURLToPath(url)).catch((error: unknown) => {
    throw noMainClass(
      `${uri} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
    )
  })
  const mainClass = /^main-class: *(\S+) *$/im.exec(section)?.[1]
  if (mainClass === undefined) throw noMainClass(`the manifest of ${uri} names none`)
  return mainClass
}

function noMainClass(reason: string): Error {
  return usageFailure(
    `no main class: ${reason}`,
    'name it with --class, for example --class com.example.Main',
  )
}

/** The first section of a jar's manifest with its folded lines joined; empty when it has no manifest. */
async function mainSectionOf(file: string): Promise<string> {
  const jar = await openJar(file)
  try {
    for (;;) {
      const entry = await nextEntry(jar)
      if (entry === undefined) return ''
      if (entry.fileName.toUpperCase() === 'META-INF/MANIFEST.MF') {
        return unfold(await firstSection(await contentOf(jar, entry)))
      }
    }
  } finally {
    jar.close()
  }
}

function openJar(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true, autoClose: false }, (error, jar) => {
      if (error === null) resolve(jar)
      else reject(error)
    })
  })
}

async function nextEntry(jar: ZipFile): Promise<Entry | undefined> {
  const arrived = new AbortController()
  const { signal } = arrived
  try {
    const next = once(jar, 'entry', { signal }) as Promise<[Entry]>
    const end = once(jar, 'end', { signal }) as Promise<[]>
    // The one that does not come is given up below, which rejects it.
    for (const event of [next, end]) event.catch(() => undefined)
    jar.readEntry()
    const [entry] = await Promise.race([next, end])
    return entry
  } finally {
    arrived.abort()
  }
}

function contentOf(jar: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    jar.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream)
      else reject(error)
    })
  })
}

// Latin 1 keeps each byte a character: a line may be folded within a character of several bytes.
async function firstSection(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString('latin1')
    const end = /\r\n\r\n|\n\n|\r\r/.exec(text)
    if (end !== null) return text.slice(0, end.index)
    if (text.length > MAX_SECTION_BYTES) {
      throw new Error(`the first section of its manifest is longer than ${MAX_SECTION_BYTES} bytes`)
    }
  }
  return text
}

function unfold(section: string): string {
  const joined = section.replaceAll(/(?:\r\n|\n|\r) /g, '')
  return Buffer.from(joined, 'latin1').toString('utf8')
}
