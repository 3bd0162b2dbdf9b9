// Spark's own DriverWrapper watches the port that our launcher holds for it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { openHolder, type Holder } from '../../packages/worker/src/launcher/program/holder.ts'
import { testEnvironment } from '../support/environment.ts'
import { jdkProgram } from '../support/java.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { SPARK_PI_CLASS, sparkPiJar } from '../support/spark-pi.ts'

/** Spark's status for whoever lost its worker: exit(-1) (`WorkerWatcher.exitNonZero`). */
const LOST_WORKER = 255

/** Longer than a watcher takes to notice: a driver that has not ended by then does not mean to. */
const NOTICE_MS = 1500

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
  return spawn(jdkProgram('java'), [...args, '1', '--until-file', '/nowhere'], {
    env: testEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function says(process: ChildProcess, words: RegExp): Promise<void> {
  let said = ''
  for await (const chunk of process.stderr ?? []) {
    said += String(chunk)
    if (words.test(said)) break
  }
  if (!words.test(said)) throw new Error(`the driver did not say ${words.source}: ${said}`)
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
    await says(driver, /Successfully connected to spark:\/\/Worker@127\.0\.0\.1/)
    driver.stderr?.resume()
    const other = net.connect(holder.port, '127.0.0.1')
    await once(other, 'connect')
    other.destroy()
    await once(other, 'close')
    await delay(NOTICE_MS)
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
