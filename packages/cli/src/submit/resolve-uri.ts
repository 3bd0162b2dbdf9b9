import path from 'node:path'
import { pathToFileURL } from 'node:url'

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/

/**
 * Where a file is, for somebody who runs elsewhere: an address stays as it is, a path becomes `file:` and
 * absolute. What stands behind `#` names the copy and stays (Utils.resolveURI, 3.5 and 4.x).
 */
export function resolveUri(text: string, directory: string): string {
  if (SCHEME.test(text)) return text
  const at = text.indexOf('#')
  const [file, fragment] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
  return `${pathToFileURL(path.resolve(directory, file)).href}${fragment}`
}

/** The same for a list that is parted by commas. */
export function resolveUris(list: string, directory: string): string {
  const files = list.split(',').map((file) => file.trim())
  return files
    .filter((file) => file !== '')
    .map((file) => resolveUri(file, directory))
    .join(',')
}
