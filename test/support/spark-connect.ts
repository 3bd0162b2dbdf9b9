// The Connect server of each Spark. Spark 4 ships it; for 3.5 it is one jar of Maven Central, which its
// documentation gives to spark-submit with --packages.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { doOnce } from '../../packages/cli/src/spark/once-lock.ts'
import { cacheDir } from '../../packages/cli/src/spark/spark-cache.ts'
import { installDebianPackage } from './debian-packages.ts'
import { testEnvironment } from './environment.ts'
import { runToEnd } from './run-to-end.ts'
import { say } from './say.ts'
import type { SparkVersion } from './spark-distributions.ts'

/** What `sbin/start-connect-server.sh` of Spark 4.3 runs; PyPI's 3.5 and 4.1 come without it. */
const CONNECT_SERVER_CLASS = 'org.apache.spark.sql.connect.service.SparkConnectServer'

// Not every mirror of Maven Central has this jar of 3.5.9. It is a plug-in of the driver, and releases
// of one branch fit each other.
const VERSION = '3.5.7'
const NAME = `spark-connect_2.12-${VERSION}.jar`
const SHA256 = '15366e21273a874c760b51fa00743a2acb8fa78642cc35d7a076a3ade0c5eef6'

/** Makes the jar for 3.5 available: fetched from Maven Central once, checked against a known hash. */
export async function provideSparkConnect(): Promise<void> {
  const jar = jarFile()
  await doOnce({
    lockFile: `${jar}.lock`,
    check: () => Promise.resolve(existsSync(jar) || undefined),
    work: () => fetchInto(jar),
    onWait: () => say('Spark Connect: waiting for another process that fetches it'),
  })
}

/** Options of spark-submit that start the Connect server of this Spark. */
export function connectServerArgs(version: SparkVersion): string[] {
  const jars = version.startsWith('3.') ? ['--jars', jarFile()] : []
  return [...jars, '--class', CONNECT_SERVER_CLASS]
}

function jarFile(): string {
  return path.join(cacheDir(testEnvironment()), 'spark-connect', NAME)
}

async function fetchInto(jar: string): Promise<true> {
  await provideMaven()
  say(
    `Spark Connect ${VERSION} for Spark 3.5: fetching from Maven Central into ${jar} (14 MB, once)`,
  )
  const directory = path.dirname(jar)
  await mkdir(directory, { recursive: true })
  const scratch = await mkdtemp(path.join(directory, 'partial-'))
  try {
    const artifact = `org.apache.spark:spark-connect_2.12:${VERSION}`
    await runToEnd('mvn', [
      ...['--batch-mode', '--quiet', `-Dmaven.repo.local=${scratch}`],
      ...['dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'],
    ])
    const group = path.join(scratch, 'org/apache/spark/spark-connect_2.12')
    const fetched = path.join(group, VERSION, NAME)
    const hash = createHash('sha256')
      .update(await readFile(fetched))
      .digest('hex')
    if (hash !== SHA256) throw new Error(`${artifact} has the SHA-256 ${hash}, not ${SHA256}`)
    await rename(fetched, jar)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return true
}

async function provideMaven(): Promise<void> {
  try {
    await runToEnd('mvn', ['--version'])
  } catch {
    await installDebianPackage(['maven'], 'fetching Spark Connect from Maven Central')
  }
}
