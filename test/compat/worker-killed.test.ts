// Only the worker's process dies. Its executors live on in their launcher until the return time-out;
// then they are lost, replaced and ended: none works on as a ghost that nobody counts.
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { isAlive, markedExecutors } from '../support/processes.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { applicationIdOf, moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'
import { waitUntil } from '../support/wait-until.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

const ONE_EXECUTOR = { 'spark.cores.max': '1' }

test.each(SPARK_VERSIONS)('kill -9 of the worker alone, Spark %s', async (version) => {
  // Long enough for some rounds on a busy machine.
  cluster = new TestCluster({ 'hearth.worker.returnTimeout': '20s' })
  await cluster.startMaster()
  const first = await cluster.startWorker(smallWorker(version))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, version, {
    conf: ONE_EXECUTOR,
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  const id = await applicationIdOf(pi)
  await moreRounds(pi, 1)
  await cluster.startWorker(smallWorker(version))
  const [executor] = markedExecutors(cluster.mark)
  if (executor === undefined) throw new Error('no executor runs')
  first.kill('SIGKILL')
  await first.exited

  // It works on: rounds go on without a failed task while the master waits for the worker.
  await moreRounds(pi, 2)
  expect(isAlive(executor.pid)).toBe(true)
  expect(pi.count(/is now LOST/g)).toBe(0)

  await pi.output(new RegExp(`Executor updated: ${id}/0 is now LOST \\(worker lost: `))
  await pi.output(new RegExp(`Executor updated: ${id}/1 is now RUNNING`))
  await waitUntil('the lost executor to end', () => !isAlive(executor.pid) || undefined)
  await moreRounds(pi, 2)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  expect(pi.count(/Task \S+ in stage \S+ failed/g)).toBe(0)
  await cluster.idle()
  // Its launcher waits for a worker; the one that comes back takes it and ends it when it is stopped.
  await cluster.startWorker(smallWorker(version), 0)
})

// 1. an executor is started and stopped before it can register with its driver  2. its worker is killed
// 3. the return time-out passes and the driver hears LOST  4. the executor goes on and registers: the
// driver accepts it under the id that it has forgotten  5. the master says LOST again: it is stopped
test.each(SPARK_VERSIONS)('no ghost when the worker of %s dies first', async (version) => {
  cluster = new TestCluster({
    'hearth.worker.returnTimeout': '1s',
  })
  await cluster.startMaster()
  const first = await cluster.startWorker(smallWorker(version))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, version, {
    conf: ONE_EXECUTOR,
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  const young = await waitUntil('the executor’s process', () => markedExecutors(cluster.mark)[0])
  process.kill(young.pid, 'SIGSTOP')
  first.kill('SIGKILL')
  await first.exited
  await pi.output(/Executor updated: \S+\/0 is now LOST \(worker lost: /)
  process.kill(young.pid, 'SIGCONT')
  await waitUntil('the end of the ghost', () => !isAlive(young.pid) || undefined)

  await cluster.startWorker(smallWorker(version))
  await pi.output(/Executor updated: \S+\/1 is now RUNNING/)
  await moreRounds(pi, 2)
  expect(markedExecutors(cluster.mark)).toHaveLength(1)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  await cluster.idle()
  // Its launcher waits for a worker; the one that comes back takes it and ends it when it is stopped.
  await cluster.startWorker(smallWorker(version), 0)
})
