// A driver that dies without a word: its connection closes, its address refuses, its executors end.
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { applicationIdOf, moreRounds, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

test('kill -9 of a driver frees its executors', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker('4.3.0'))
  const pi = await submitPi(cluster, '4.3.0', {
    args: ['--until-file', finishFile(cluster).path],
  })
  const id = await applicationIdOf(pi)
  await moreRounds(pi, 1)
  pi.kill()
  expect(await pi.exited).toBe('SIGKILL')
  // The state that Spark's own master shows for a driver that disconnected.
  await cluster.application(id, (one) => one.state === 'FINISHED')
  await cluster.idle()
})

test('a stopped driver keeps its application and finds it again', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker('4.3.0'))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, '4.3.0', { args: ['--until-file', finish.path] })
  const id = await applicationIdOf(pi)
  await moreRounds(pi, 1)
  process.kill(pi.pid, 'SIGSTOP')
  const running = await cluster.application(id, (one) => one.state === 'RUNNING')
  expect(running.cores).toBe(2)
  process.kill(pi.pid, 'SIGCONT')
  await moreRounds(pi, 1)
  finish.now()
  await pi.succeeded()
  await cluster.idle()
})
