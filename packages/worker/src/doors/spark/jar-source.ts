// Where the jar or file of a driver comes from, and what it is called in the driver's directory.
import path from 'node:path'

export type JarSource =
  /** Nothing to fetch: the driver's directory stands for it. */
  | { readonly kind: 'none' }
  /** Used where it lies on this machine; `local:` promises that it is on every one. */
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  | { readonly kind: 'http' | 'ftp'; readonly url: URL; readonly name: string }

/** The address cannot be fetched from; the message says why and what to do. */
export class BadJarUrl extends Error {
  override readonly name = 'BadJarUrl'
}

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
const MAX_NAME_BYTES = 255
const MAX_SHOWN_LENGTH = 300

/**
 * Reads the address of a driver's jar or file. As Spark does (`DriverRunner.downloadUserJar` and
 * `Utils.doFetchFile`, 3.5 to 4.3): the last part of the decoded path is its name, no scheme means a file,
 * an empty text nothing at all. Unlike there, `local:` is used where it lies, an encoded slash is refused,
 * and Hadoop's file systems, which need a JVM, are not fetched from. Throws BadJarUrl.
 */
export function parseJarUrl(jarUrl: string): JarSource {
  if (jarUrl === '') return { kind: 'none' }
  const scheme = SCHEME.exec(jarUrl)?.[1]?.toLowerCase()
  switch (scheme) {
    case undefined:
      return fileSource(jarUrl, decode(jarUrl, jarUrl))
    case 'file':
      return fileSource(jarUrl, localPath(jarUrl))
    case 'local':
      return { kind: 'local', path: absolute(jarUrl, localPath(jarUrl)) }
    case 'http':
    case 'https':
    case 'ftp': {
      const url = parse(jarUrl)
      const kind = scheme === 'ftp' ? 'ftp' : 'http'
      return { kind, url, name: nameOf(jarUrl, decode(jarUrl, url.pathname)) }
    }
    default:
      throw bad(
        jarUrl,
        `its scheme ${scheme}: is not fetched from; put the file where http(s):, ftp:, file: (a path that every worker has) or local: can name it`,
      )
  }
}

/** The path that stands for `{{USER_JAR}}` on a driver's command line. */
export function userJarPath(source: JarSource, workDir: string): string {
  if (source.kind === 'none') return workDir
  return source.kind === 'local' ? source.path : path.join(workDir, source.name)
}

/** The address without what may be secret in it, short enough for a message. */
export function showJarUrl(jarUrl: string): string {
  const shown = jarUrl.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*$/s, '?…')
  const line = shown.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
  return line.length <= MAX_SHOWN_LENGTH ? line : `${line.slice(0, MAX_SHOWN_LENGTH)}…`
}

function fileSource(jarUrl: string, file: string): JarSource {
  return { kind: 'file', path: absolute(jarUrl, file), name: nameOf(jarUrl, file) }
}

function absolute(jarUrl: string, file: string): string {
  if (path.isAbsolute(file)) return file
  throw bad(jarUrl, 'it is no absolute path: nobody knows from where it would count')
}

// `file:/a`, `file:///a` and `file://localhost/a`; another host's files are not at hand.
function localPath(jarUrl: string): string {
  const rest = jarUrl.slice(jarUrl.indexOf(':') + 1)
  const [, host = '', file = rest] = /^\/\/([^/]*)(\/.*)?$/s.exec(rest) ?? []
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    throw bad(jarUrl, `it names the host ${JSON.stringify(host)}; a file has none`)
  }
  return decode(jarUrl, file)
}

function parse(jarUrl: string): URL {
  try {
    return new URL(jarUrl)
  } catch {
    throw bad(jarUrl, 'it is no address')
  }
}

function decode(jarUrl: string, text: string): string {
  if (/%2f/i.test(text)) throw bad(jarUrl, 'it holds an encoded slash (%2F)')
  try {
    return decodeURIComponent(text)
  } catch {
    throw bad(jarUrl, 'it holds a % that encodes nothing')
  }
}

const TAKEN = new Set(['stdout', 'stderr'])

function nameOf(jarUrl: string, decodedPath: string): string {
  const name = decodedPath.replace(/\/+$/, '').split('/').at(-1) ?? ''
  if (name === '') throw bad(jarUrl, 'it names no file')
  const isUnsafe = name === '.' || name === '..' || /\p{Cc}/u.test(name)
  if (isUnsafe || Buffer.byteLength(name) > MAX_NAME_BYTES || TAKEN.has(name)) {
    throw bad(jarUrl, `${JSON.stringify(name.slice(0, 100))} cannot be the name of its file here`)
  }
  return name
}

function bad(jarUrl: string, problem: string): BadJarUrl {
  return new BadJarUrl(`the driver’s jar ${showJarUrl(jarUrl)} cannot be fetched: ${problem}`)
}
