// An application whose executors cannot run: each ends, and at Spark's retry limit the application fails
// with the reason, while another one on the same worker goes on.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseMasterUrl } from '@hearth/common/domain/addresses.ts'
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { ScriptedDriver } from '../support/scripted-driver.ts'
import { moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

/** For several JVMs that start one after the other, on a machine that may be busy. */
const JVM_TIMEOUT_MS = 120_000

let cluster: TestCluster

afterEach(() => cluster.stop())

test('a Java that does not exist', async () => {
  cluster = new TestCluster({ 'spark.deploy.maxExecutorRetries': '3' })
  await cluster.startMaster()
  await cluster.startWorker({ ...smallWorker('4.3.0'), cores: 3 })
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, '4.3.0', {
    conf: { 'spark.cores.max': '1' },
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  await moreRounds(pi, 1)

  const [master] = parseMasterUrl(cluster.masterUrl)
  if (master === undefined || typeof master === 'string') throw new Error(cluster.masterUrl)
  const driver = await ScriptedDriver.connect(master)
  const command = {
    mainClass: 'Main',
    arguments: [],
    environment: { JAVA_HOME: '/no/such/java' },
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: [],
  }
  driver.register({ name: 'broken', maxCores: 1, command })
  const { message } = await driver.next('ApplicationRemoved', () => true, JVM_TIMEOUT_MS)
  expect(message).toMatch(/^FAILED: 3 executors in a row ended abnormally.*\/no\/such\/java/)
  const { completedapps } = await cluster.json()
  expect(completedapps).toMatchObject([{ name: 'broken', state: 'FAILED' }])
  driver.close()

  await moreRounds(pi, 1)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  await cluster.idle()
})

test('a main class that does not exist, and words that a shell would run', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker('4.3.0'))
  const [master] = parseMasterUrl(cluster.masterUrl)
  if (master === undefined || typeof master === 'string') throw new Error(cluster.masterUrl)
  const driver = await ScriptedDriver.connect(master)
  const witness = path.join(cluster.directory, 'witness')
  const command = {
    mainClass: `no.such.Main; touch ${witness}`,
    arguments: [`$(touch ${witness})`, '`id`'],
    environment: { ODD: `a\nb; touch ${witness}` },
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: [],
  }
  const appId = await driver.registered({ name: 'broken', maxCores: 1, command })
  // As on Spark, an executor whose process was started does not count towards the retry limit.
  const second = await driver.next(
    'ExecutorUpdated',
    (one) => one.id === 1 && one.state === 'EXITED',
    JVM_TIMEOUT_MS,
  )
  expect(second).toMatchObject({ message: 'Command exited with code 1', exitStatus: 1 })
  driver.say({ type: 'UnregisterApplication', appId })
  await cluster.idle()
  expect(existsSync(witness)).toBe(false)
  driver.close()
})
