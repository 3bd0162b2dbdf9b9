// The launcher dies: its executors die with it at once, whatever they were doing, and are replaced by
// the launcher that the worker starts next.
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { isAlive, killAll, markedExecutors, markedProcesses } from '../support/processes.ts'
import { applicationIdOf, moreRounds, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'
import { waitUntil } from '../support/wait-until.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

function launchers(): ReturnType<typeof markedProcesses> {
  return markedProcesses(cluster.mark).filter((one) =>
    one.commandLine.some((word) => word.endsWith('launcher.js')),
  )
}

test('kill -9 of the launcher', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  await cluster.startWorker(smallWorker('4.3.0'))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, '4.3.0', {
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  const id = await applicationIdOf(pi)
  await moreRounds(pi, 1)
  const [executor] = markedExecutors(cluster.mark)
  if (executor === undefined) throw new Error('no executor runs')
  expect(launchers()).toHaveLength(1)
  killAll(launchers())
  await waitUntil(
    'the executor to end with its launcher',
    () => !isAlive(executor.pid) || undefined,
  )
  await pi.output(new RegExp(`Executor updated: ${id}/0 is now LOST`))
  await pi.output(new RegExp(`Executor updated: ${id}/1 is now RUNNING`))
  await moreRounds(pi, 1)
  finish.now()
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  await cluster.idle()
})

test('a worker that is started again adopts its launcher: no executor notices', async () => {
  cluster = new TestCluster()
  await cluster.startMaster()
  const first = await cluster.startWorker(smallWorker('4.3.0'))
  const finish = finishFile(cluster)
  const pi = await submitPi(cluster, '4.3.0', {
    args: ['--task-ms', '100', '--until-file', finish.path],
  })
  await moreRounds(pi, 1)
  const before = markedExecutors(cluster.mark)
  const { workers } = await cluster.json()
  first.kill('SIGKILL')
  await first.exited
  await cluster.startWorker(smallWorker('4.3.0'), 0)
  await moreRounds(pi, 1)
  expect(markedExecutors(cluster.mark).map((one) => one.pid)).toEqual(before.map((one) => one.pid))
  expect((await cluster.json()).workers.map((one) => one.id)).toEqual(workers.map((one) => one.id))
  expect(pi.count(/is now (?:LOST|EXITED)/g)).toBe(0)
  finish.now()
  await pi.succeeded()
  await cluster.idle()
})
