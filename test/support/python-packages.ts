// Python packages that PySpark imports and Spark does not ship: numpy for ML, all of them for clients
// of Spark Connect. They stand in the cache, outside of any environment of Python.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { doOnce } from '../../packages/cli/src/spark/once-lock.ts'
import { cacheDir } from '../../packages/cli/src/spark/spark-cache.ts'
import { testEnvironment } from './environment.ts'
import { runToEnd } from './run-to-end.ts'
import { say } from './say.ts'
import { providePip, sparkHome, type SparkVersion } from './spark-distributions.ts'

// Versions that every tested Spark accepts. setuptools brings distutils, which Python 3.12 dropped and
// PySpark 3.5 imports.
const PACKAGES = [
  'googleapis-common-protos==1.72.0',
  'grpcio==1.76.0',
  'grpcio-status==1.76.0',
  'numpy==2.2.6',
  'pandas==2.3.3',
  'pyarrow==21.0.0',
  'setuptools==80.9.0',
  'zstandard==0.25.0',
]
const DOWNLOAD_TIMEOUT_MS = 600_000

/** Makes the packages available: fetched from PyPI once for each version of Python. */
export async function providePythonPackages(): Promise<void> {
  const home = await packagesDir()
  await doOnce({
    lockFile: `${home}.lock`,
    check: () => Promise.resolve(existsSync(home) || undefined),
    work: () => fetchInto(home),
    onWait: () => say('Python packages: waiting for another process that fetches them'),
  })
}

/** The PYTHONPATH under which `python3` is a client of this Spark, with all packages. */
export async function pythonPath(version: SparkVersion): Promise<string> {
  const python = path.join(sparkHome(version), 'python')
  const lib = path.join(python, 'lib')
  const py4j = readdirSync(lib).filter((name) => name.startsWith('py4j-'))
  return [python, ...py4j.map((name) => path.join(lib, name)), await packagesDir()].join(':')
}

async function packagesDir(): Promise<string> {
  const { stdout } = await runToEnd('python3', ['-c', 'import sys; print(sys.version_info[:2])'])
  const tag = /\((\d+), (\d+)\)/.exec(stdout)?.slice(1).join('.') ?? 'unknown'
  const hash = createHash('sha256').update(PACKAGES.join()).digest('hex').slice(0, 12)
  return path.join(cacheDir(testEnvironment()), 'python', `${tag}-${hash}`)
}

async function fetchInto(home: string): Promise<true> {
  await providePip()
  say(`Python packages for ML and Spark Connect: fetching from PyPI into ${home} (120 MB, once)`)
  const startedAt = performance.now()
  const scratch = await mkdtemp(`${home}.partial-`)
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--target', scratch]
    await runToEnd('python3', [...pip, ...PACKAGES], { timeoutMs: DOWNLOAD_TIMEOUT_MS })
    await rename(scratch, home)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  say(`Python packages: took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  return true
}
