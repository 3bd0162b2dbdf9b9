// Executors that are killed while their job runs are reported and replaced; the job's result is right.
import { afterEach, expect, test } from 'vitest'
import { killAll, markedExecutors } from '../support/processes.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { applicationIdOf, moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'
import { finishFile } from '../support/finish-file.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

test.each(SPARK_VERSIONS)('kill -9 of the executors of %s', async (version) => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker(version))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, version, {
    conf: { 'spark.executor.cores': '1' },
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  const id = await applicationIdOf(pi)
  await moreRounds(pi, 2)
  const victims = markedExecutors(cluster.mark)
  expect(victims.map((one) => one.id).sort()).toEqual([`${id}/0`, `${id}/1`])
  killAll(victims)
  for (const executor of [0, 1]) {
    await pi.output(
      new RegExp(
        `Executor updated: ${id}/${executor} is now EXITED \\(Command exited with code 137\\)`,
      ),
    )
  }
  await pi.output(new RegExp(`Executor updated: ${id}/3 is now RUNNING`))
  await moreRounds(pi, 2)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  await cluster.application(id, (one) => one.state === 'FINISHED')
  await cluster.idle()
})
