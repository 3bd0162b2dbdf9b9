import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findSpark } from './find-spark.ts'
import { requiredJava } from './spark-home.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-find-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

async function aSpark(home: string, coreJar = 'spark-core_2.13-4.1.4.jar'): Promise<string> {
  await mkdir(path.join(home, 'bin'), { recursive: true })
  await mkdir(path.join(home, 'jars'))
  await writeFile(path.join(home, 'bin', 'spark-submit'), '')
  await writeFile(path.join(home, 'jars', coreJar), '')
  return home
}

/** An environment in which nothing of this machine is found. */
function environment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: path.join(dir, 'bin'),
    XDG_CACHE_HOME: path.join(dir, 'cache'),
    PYSPARK_PYTHON: path.join(dir, 'python'),
    ...extra,
  }
}

async function aPythonWithPyspark(home: string): Promise<void> {
  await writeFile(path.join(dir, 'python'), `#!/bin/sh\necho '${home}'\n`)
  await chmod(path.join(dir, 'python'), 0o755)
}

test('nothing is found where there is nothing', async () => {
  expect(await findSpark(undefined, environment())).toBeUndefined()
})

test('named, SPARK_HOME, the PATH, Python, the cache: in this order', async () => {
  const cached = await aSpark(path.join(dir, 'cache', 'hearth', 'spark', '4.1.4'))
  expect(await findSpark(undefined, environment())).toEqual({
    home: cached,
    version: '4.1.4',
    scalaVersion: '2.13',
    foundBy: 'Hearth’s cache',
  })

  const pyspark = await aSpark(path.join(dir, 'site-packages', 'pyspark'))
  await aPythonWithPyspark(pyspark)
  expect(await findSpark(undefined, environment())).toMatchObject({ home: pyspark })

  const installed = await aSpark(path.join(dir, 'opt', 'spark'), 'spark-core_2.12-3.5.9.jar')
  await mkdir(path.join(dir, 'bin'))
  await symlink(path.join(installed, 'bin', 'spark-submit'), path.join(dir, 'bin', 'spark-submit'))
  expect(await findSpark(undefined, environment())).toMatchObject({
    home: installed,
    version: '3.5.9',
    scalaVersion: '2.12',
    foundBy: 'spark-submit on the PATH',
  })

  const variable = await aSpark(path.join(dir, 'home'))
  const withHome = environment({ SPARK_HOME: variable })
  expect(await findSpark(undefined, withHome)).toMatchObject({ home: variable })

  const named = await aSpark(path.join(dir, 'named'))
  expect(await findSpark(named, withHome)).toMatchObject({ home: named, foundBy: '--spark-home' })
})

test('the newest of the cache by number, not by letter; what is not whole does not count', async () => {
  const cache = path.join(dir, 'cache', 'hearth', 'spark')
  await aSpark(path.join(cache, '4.9.0'), 'spark-core_2.13-4.9.0.jar')
  await aSpark(path.join(cache, '4.10.0'), 'spark-core_2.13-4.10.0.jar')
  await aSpark(path.join(cache, '4.11.0.partial-x', 'home'))
  await mkdir(path.join(cache, '5.0.0'))
  expect(await findSpark(undefined, environment())).toMatchObject({ version: '4.10.0' })
})

test('a spark-submit without a Spark beside it is passed over', async () => {
  await mkdir(path.join(dir, 'bin'))
  await writeFile(path.join(dir, 'bin', 'spark-submit'), '')
  expect(await findSpark(undefined, environment())).toBeUndefined()
})

test('a SPARK_HOME without a Spark is refused instead of another Spark being taken', async () => {
  await aSpark(path.join(dir, 'cache', 'hearth', 'spark', '4.1.4'))
  await expect(findSpark(undefined, environment({ SPARK_HOME: dir }))).rejects.toThrow(
    `SPARK_HOME is ${dir}, where there is no Spark`,
  )
  await expect(findSpark(dir, environment())).rejects.toThrow('--spark-home')
})

test.each([
  ['3.5.9', 8],
  ['4.0.0', 17],
  ['4.3.0', 17],
])('Spark %s runs on Java %d', (version, java) => {
  expect(requiredJava({ version })).toBe(java)
})
