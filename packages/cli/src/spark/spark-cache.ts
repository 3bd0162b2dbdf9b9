import path from 'node:path'
import { homedir } from 'node:os'

/** Where Hearth keeps what it downloads: `$XDG_CACHE_HOME/hearth`, or `~/.cache/hearth`. */
export function cacheDir(environment: Readonly<Record<string, string>>): string {
  const configured = environment['XDG_CACHE_HOME'] ?? ''
  // The specification of XDG directories says that a relative path is to be ignored.
  const base = path.isAbsolute(configured) ? configured : path.join(homedir(), '.cache')
  return path.join(base, 'hearth')
}

/** The directory of fetched Sparks, one subdirectory a version. */
export function sparkCacheDir(environment: Readonly<Record<string, string>>): string {
  return path.join(cacheDir(environment), 'spark')
}

/** The home of one fetched version, there or not. */
export function cachedSparkHome(
  version: string,
  environment: Readonly<Record<string, string>>,
): string {
  return path.join(sparkCacheDir(environment), version)
}
