// The logs of a real driver and its executor, rolled and compressed while they are written.
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { driverIdOf, driverOf, submitPiToCluster } from '../support/cluster-mode.ts'
import { sparkHome } from '../support/spark-distributions.ts'
import { TestCluster } from '../support/test-cluster.ts'

const VERSION = '4.1.4'
const TASKS = 400
const ROLLING = {
  'spark.executor.logs.rolling.strategy': 'size',
  'spark.executor.logs.rolling.maxSize': '81920',
  'spark.executor.logs.rolling.enableCompression': 'true',
}

let cluster: TestCluster

afterEach(() => cluster.stop())

/** The files of a log in the order of their names, which is that of their times. */
function readAll(directory: string): { names: readonly string[]; text: string } {
  const names = readdirSync(directory).filter((name) => name.startsWith('stderr--'))
  const pieces = [...names.toSorted(), 'stderr'].map((name) => {
    const bytes = readFileSync(path.join(directory, name))
    return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
  })
  return { names, text: Buffer.concat(pieces).toString() }
}

test('SparkPi in cluster mode: what driver and executor logged is in the rolled files, each line once', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker({
    ...{ sparkHome: sparkHome(VERSION), cores: 3, memory: '3g', properties: ROLLING },
    // Spark's client keeps spark.driver.host for itself in cluster mode.
    environment: { SPARK_LOCAL_IP: '127.0.0.1' },
  })
  const client = await submitPiToCluster(cluster, VERSION, { args: [String(TASKS)] })
  const id = await driverIdOf(client)
  const { exitCode } = await driverOf(cluster, id, ({ state }) => state === 'finished')
  expect(exitCode).toBe(0)
  await cluster.idle()

  const work = path.join(cluster.directory, 'worker-0', 'work')
  const application = readdirSync(work).find((name) => name.startsWith('app-')) ?? ''
  const places = [
    {
      directory: path.join(work, id),
      header: 'Launch Command: ',
      line: /Finished task (\d+)\.0 in stage/g,
    },
    {
      directory: path.join(work, application, '0'),
      header: 'Spark Executor Command: ',
      line: /Executor: Finished task (\d+)\.0 in stage/g,
    },
  ]
  for (const { directory, header, line } of places) {
    const { names, text } = readAll(directory)
    expect(names.length, directory).toBeGreaterThan(0)
    expect(text.startsWith(header)).toBe(true)
    const tasks = [...text.matchAll(line)].map(([, task]) => Number(task))
    expect(tasks.toSorted((a, b) => a - b)).toEqual(Array.from({ length: TASKS }, (_, at) => at))
  }
})
