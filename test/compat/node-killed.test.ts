// A whole node dies at once: worker, launcher and children. Its executors are lost without anybody
// waiting for the return time-out, and replaced on the other node.
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { killAll, markedExecutors, markedProcesses } from '../support/processes.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { applicationIdOf, moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

test.each(SPARK_VERSIONS)('kill -9 of everything on a node of %s', async (version) => {
  cluster = new TestCluster({ 'hearth.worker.returnTimeout': '10min' })
  await cluster.startMaster()
  await cluster.startWorker(smallWorker(version))
  await cluster.startWorker(smallWorker(version))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, version, {
    conf: { 'spark.executor.cores': '1', 'spark.cores.max': '2' },
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  const id = await applicationIdOf(pi)
  await pi.output(new RegExp(`${id}/1 is now RUNNING`))
  await moreRounds(pi, 2)
  const onFirst = markedExecutors(cluster.mark).filter((one) => one.worker === 0)
  expect(onFirst).toHaveLength(1)
  killAll(markedProcesses(cluster.mark).filter((one) => one.worker === 0))

  await pi.output(new RegExp(`Executor updated: ${onFirst[0]?.id} is now LOST \\(worker lost: `))
  await pi.output(new RegExp(`Executor updated: ${id}/2 is now RUNNING`))
  await moreRounds(pi, 2)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  const { workers } = await cluster.json()
  expect(workers.map((one) => one.state).sort()).toEqual(['ALIVE', 'DEAD'])
  await cluster.idle()
})
