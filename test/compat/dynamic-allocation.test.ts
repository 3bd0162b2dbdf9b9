// Spark's dynamic allocation without a shuffle service: the driver asks for executors while tasks wait,
// and gives those back that are idle, also when they hold data of a shuffle.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'
import { applicationIdOf, submitPython } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

const MAX_EXECUTORS = 3
const CONF = {
  'spark.executor.cores': '1',
  'spark.dynamicAllocation.enabled': 'true',
  'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
  'spark.dynamicAllocation.shuffleTracking.timeout': '2s',
  'spark.dynamicAllocation.executorIdleTimeout': '1s',
  'spark.dynamicAllocation.minExecutors': '0',
  'spark.dynamicAllocation.maxExecutors': String(MAX_EXECUTORS),
}

test.each(SPARK_VERSIONS)('a job of Spark %s grows, shrinks and grows again', async (version) => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker({ sparkHome: sparkHome(version), cores: 5, memory: '4g' })
  const job = submitPython(cluster, version, 'dynamic_allocation.py', {
    conf: CONF,
    args: [cluster.directory],
  })
  const tell = (name: string) => writeFileSync(path.join(cluster.directory, name), '')
  const id = await applicationIdOf(job)

  await cluster.application(id, (one) => one.cores === MAX_EXECUTORS)
  await job.output(/^round \d+ until rest/m)
  tell('rest')
  const resting = await cluster.application(id, (one) => one.cores === 0)
  expect(resting.state).toBe('WAITING')
  // It asked for their end: nothing has failed, and nothing is started anew.
  expect(job.count(/is now (LOST|FAILED)/g)).toBe(0)

  tell('again')
  await cluster.application(id, (one) => one.cores === MAX_EXECUTORS)
  await job.output(/^round \d+ until end/m)
  tell('end')
  await job.succeeded()
  const totals = [...job.stdout.matchAll(/^round \d+ until \w+ total (\d+)$/gm)]
  expect(new Set(totals.map(([, total]) => total))).toEqual(new Set(['49995000']))
  await cluster.application(id, (one) => one.state === 'FINISHED')
  await cluster.idle()
})
