// An application that finds the pool full waits, and gets its executors when another ends.
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { applicationIdOf, moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

test.each(SPARK_VERSIONS)('a second application of %s', async (version) => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker(version))
  const finish = finishFile(cluster)
  const first = await submitPi(cluster, version, { args: ['--until-file', finish.path] })
  await moreRounds(first, 1)
  const second = await submitPi(cluster, version)
  const secondId = await applicationIdOf(second)
  await cluster.application(secondId, (one) => one.state === 'WAITING')
  await second.output(/Initial job has not accepted any resources/)
  finish.now()
  await first.succeeded()
  await second.succeeded()
  expect(second.stdout).toMatch(PI)
  await cluster.application(await applicationIdOf(first), (one) => one.state === 'FINISHED')
  await cluster.idle()
})
