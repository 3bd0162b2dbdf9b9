// The plain path: unmodified spark-submit and spark-shell of each release, in client mode.
import { afterEach, describe, expect, test } from 'vitest'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'
import { applicationIdOf, PI, smallWorker, submitPi, submitPython } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

describe.each(SPARK_VERSIONS)('Spark %s', (version) => {
  test('SparkPi', async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker(smallWorker(version))
    const pi = await submitPi(cluster, version)
    await pi.succeeded()
    expect(pi.stdout).toMatch(PI)
    const id = await applicationIdOf(pi)
    const ended = await cluster.application(id, (one) => one.state === 'FINISHED')
    expect(ended).toMatchObject({ name: 'SparkPi', cores: 2 })
    await cluster.idle()
  })

  test('a PySpark job with a shuffle', async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker(smallWorker(version))
    const job = submitPython(cluster, version, 'shuffle.py')
    await job.succeeded()
    expect(job.stdout).toContain('keys 10 total 49995000')
    await cluster.idle()
  })

  test('spark-shell answers an expression', async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker(smallWorker(version))
    const shell = cluster.submit({
      sparkHome: sparkHome(version),
      program: 'spark-shell',
      name: 'shell',
      input: 'println("answer " + sc.parallelize(1 to 100, 2).map(_ * 2).sum().toInt)\n:quit\n',
    })
    await shell.succeeded()
    expect(shell.stdout).toContain('answer 10100')
    await cluster.idle()
  })
})

test('two releases at the same time on one master, with a worker each', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  // Sizes decide which worker each application fits on: two cores of one executor only on the first,
  // 1.5 GiB only on the second.
  await cluster.startWorker({ sparkHome: sparkHome('3.5.9'), cores: 2, memory: '1g' })
  await cluster.startWorker({ sparkHome: sparkHome('4.3.0'), cores: 1, memory: '2g' })
  const [old, current] = await Promise.all([
    submitPi(cluster, '3.5.9', { conf: { 'spark.executor.cores': '2' } }),
    submitPi(cluster, '4.3.0', { conf: { 'spark.executor.memory': '1536m' } }),
  ])
  await Promise.all([old.succeeded(), current.succeeded()])
  expect(old.stdout).toMatch(PI)
  expect(current.stdout).toMatch(PI)
  await cluster.idle()
})
