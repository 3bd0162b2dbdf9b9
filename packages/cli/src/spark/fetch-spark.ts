// Fetches Spark as PyPI has it: pyspark's source distribution holds the jars, the scripts and the
// Python examples. It is laid out as a Spark home instead of being installed, so that several
// versions stand side by side and no environment of Python is touched.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CommandFailure } from '../command-failure.ts'
import { requirePip, requirePython } from './find-python.ts'
import { doOnce } from './once-lock.ts'
import { cachedSparkHome, sparkCacheDir } from './spark-cache.ts'
import { type SparkHome, inspectSparkHome } from './spark-home.ts'

/** The version that is fetched when there is no Spark and nobody says which. */
export const DEFAULT_SPARK_VERSION = '4.1.4'

// SHA-256 of what PyPI serves; for any other version pip checks what the index says.
const KNOWN_HASHES: Readonly<Record<string, string>> = {
  '3.5.9': 'ea27adc39ddac9413b8951e45aa748cbed6c785971b81386efc41938f6243d93',
  '4.1.4': 'bcbd5e18690cf79d438e97210ad06fb8d451a251bb77becc2b0418868d2acd73',
  '4.3.0': 'e8c517948eff7088a7aa07449aa8eafa4a15a8d50319de2525a6fd26622476c6',
}

export interface FetchOptions {
  readonly environment: Readonly<Record<string, string>>
  /** Shown to the user, one line each. */
  readonly say: (line: string) => void
  /** Where pip draws its progress bar: `inherit` on a terminal. */
  readonly progress: 'inherit' | 'quiet'
  readonly signal?: AbortSignal
}

/**
 * The cached Spark of a version, fetched first when it is not there. Of several processes that want
 * it, one fetches and the others wait. What is in the cache is always whole: it is renamed there
 * when it is complete. Throws a {@link CommandFailure} when it cannot be had.
 */
export async function fetchSpark(version: string, options: FetchOptions): Promise<SparkHome> {
  const home = cachedSparkHome(version, options.environment)
  return doOnce({
    lockFile: `${home}.lock`,
    check: () => inspectSparkHome(home),
    work: () => fetchInto(home, version, options),
    onWait: () => options.say(`waiting for another process that fetches Spark ${version}`),
  })
}

async function fetchInto(home: string, version: string, options: FetchOptions): Promise<SparkHome> {
  const cache = sparkCacheDir(options.environment)
  await removePartials(cache, version)
  const scratch = await mkdtemp(path.join(cache, `${version}.partial-`))
  try {
    const archive = await download(version, scratch, options)
    options.say('unpacking')
    const source = path.join(scratch, 'source')
    await mkdir(source)
    await runVisibly('tar', ['-xozf', archive, '-C', source, '--strip-components=1'], options)
    const laidOut = path.join(scratch, 'home')
    await layOut(source, laidOut)
    if ((await inspectSparkHome(laidOut)) === undefined) {
      throw new CommandFailure(`pyspark ${version} of PyPI holds no Spark that Hearth could run`)
    }
    // A home that stands there is not whole (the check before this would have found it).
    await rm(home, { recursive: true, force: true })
    await rename(laidOut, home)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  options.say(`Spark ${version} is in ${home}`)
  const found = await inspectSparkHome(home)
  if (found === undefined) throw new Error(`Spark ${version} vanished from ${home}`)
  return found
}

// What a killed process has left behind; this process holds the lock.
async function removePartials(cache: string, version: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(`${version}.partial-`)) {
      await rm(path.join(cache, name), { recursive: true, force: true })
    }
  }
}

async function download(version: string, dir: string, options: FetchOptions): Promise<string> {
  const python = await requirePython(options.environment)
  await requirePip(python, options.environment)
  const hash = KNOWN_HASHES[version]
  const requirements = path.join(dir, 'requirements.txt')
  await writeFile(
    requirements,
    `pyspark==${version}${hash === undefined ? '' : ` --hash=sha256:${hash}`}\n`,
  )
  const destination = path.join(dir, 'download')
  // pip and not a request of our own: it knows about proxies, mirrors and certificates of the site.
  const pip = ['-m', 'pip', 'download', '--no-deps', '--no-binary=pyspark', '--dest', destination]
  const progress = options.progress === 'inherit' ? [] : ['--progress-bar=off', '--quiet']
  await runVisibly(python, [...pip, ...progress, '--requirement', requirements], options)
  const archive = (await readdir(destination)).find((name) => name.endsWith('.tar.gz'))
  if (archive === undefined)
    throw new CommandFailure(`pip did not leave an archive of pyspark ${version}`)
  return path.join(destination, archive)
}

// The layout of Spark's own archive: pyspark's setup.py moves the same directories elsewhere.
async function layOut(source: string, home: string): Promise<void> {
  await mkdir(path.join(home, 'examples', 'src', 'main'), { recursive: true })
  await mkdir(path.join(home, 'python'))
  await mkdir(path.join(home, 'conf'))
  const deps = path.join(source, 'deps')
  for (const name of await readdir(deps)) {
    const target = name === 'examples' ? path.join('examples', 'src', 'main', 'python') : name
    await rename(path.join(deps, name), path.join(home, target))
  }
  await rename(path.join(source, 'pyspark'), path.join(home, 'python', 'pyspark'))
  await rename(path.join(source, 'lib'), path.join(home, 'python', 'lib'))
}

/** Runs a program whose output the user may see; throws a {@link CommandFailure} when it fails. */
async function runVisibly(
  program: string,
  args: readonly string[],
  { environment, progress, signal }: FetchOptions,
): Promise<void> {
  const child = spawn(program, [...args], {
    env: environment,
    stdio: ['ignore', progress === 'inherit' ? 2 : 'ignore', 'pipe'],
    ...(signal !== undefined && { signal }),
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    if (signal?.aborted === true) throw new CommandFailure('interrupted', { cause: error })
    throw new CommandFailure(`${program} cannot be run: ${String(error)}`, { cause: error })
  })) as [number | null]
  if (code === 0) return
  const lastLines = said.trim().split('\n').slice(-8).join('\n')
  throw new CommandFailure(`${path.basename(program)} ${args.slice(0, 3).join(' ')} failed`, {
    hint: `${lastLines}\nwithout a network, point SPARK_HOME at an installed Spark`,
  })
}
