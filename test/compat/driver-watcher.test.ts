// Spark's own DriverWrapper watches the port that our launcher holds for it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import type { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { openHolder, type Holder } from '../../packages/worker/src/launcher/program/holder.ts'
import { testEnvironment } from '../support/environment.ts'
import { jdkProgram } from '../support/java.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { SPARK_PI_CLASS, sparkPiJar } from '../support/spark-pi.ts'

/** Spark's status for whoever lost its worker: exit(-1) (`WorkerWatcher.exitNonZero`). */
const LOST_WORKER = 255

/** Its work takes far longer for so many than a watcher takes to notice a closed socket. */
const MORE_ROUNDS = 20

let holder: Holder
let driver: ChildProcess | undefined
afterEach(async () => {
  driver?.kill('SIGKILL')
  await holder.close()
})

function startDriver(version: SparkVersion, jar: string): ChildProcess {
  const options = [
    '-Dspark.master=local[1]',
    '-Dspark.ui.enabled=false',
    '-Dspark.app.name=watched',
  ]
  const workerUrl = `spark://Worker@127.0.0.1:${holder.port}`
  const wrapper = ['org.apache.spark.deploy.worker.DriverWrapper', workerUrl, jar, SPARK_PI_CLASS]
  const opens = ['java.base/java.lang', 'java.base/java.nio', 'java.base/java.util']
    .concat(['java.base/java.lang.invoke', 'java.base/sun.nio.ch', 'java.base/java.net'])
    .flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`])
  const args = [...opens, '-Xmx512m', '-cp', `${sparkHome(version)}/jars/*`, ...options, ...wrapper]
  return spawn(jdkProgram('java'), [...args, '1', '--task-ms', '50', '--until-file', '/nowhere'], {
    env: testEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Resolves when the words, or so many times the words, have come; rejects when the stream ends before. */
async function heard(stream: Readable | null, words: RegExp, times = 1): Promise<void> {
  if (stream === null) throw new Error('nothing is heard of the driver')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if ((said.match(words) ?? []).length >= times) resolve()
    })
    stream.once('end', () => reject(new Error(`the driver ended and had said: ${said}`)))
  })
}

test.each(SPARK_VERSIONS)(
  'W-18 a driver of Spark %s ends when the socket of its worker closes, not when others do',
  async (version) => {
    holder = await openHolder({
      ...{ host: '127.0.0.1', port: 0, auth: () => null },
      onBroken: () => undefined,
    })
    driver = startDriver(version, await sparkPiJar(version))
    const exited = once(driver, 'exit')
    const goesOn = heard(driver.stdout, /^round /gm)
    await heard(driver.stderr, /Successfully connected to spark:\/\/Worker@127\.0\.0\.1/g)
    await goesOn
    const other = net.connect(holder.port, '127.0.0.1')
    await once(other, 'connect')
    other.destroy()
    await once(other, 'close')
    await heard(driver.stdout, /^round /gm, MORE_ROUNDS)
    expect(driver.exitCode).toBe(null)
    await holder.close()
    expect(await exited).toEqual([LOST_WORKER, null])
    // For the end of the test, which closes one.
    holder = await openHolder({
      ...{ host: '127.0.0.1', port: 0, auth: () => null },
      onBroken: () => undefined,
    })
  },
)
