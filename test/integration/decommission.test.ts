// A shipped worker that gets Spark's decommission signal, whose default action would end the process.
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Machine, ScriptedMaster } from '../../packages/worker/src/shell/worker-fixture.ts'
import { Daemon } from '../support/daemon.ts'
import { waitUntil } from '../support/wait-until.ts'

let machine: Machine
let master: ScriptedMaster
let worker: Daemon | undefined
beforeEach(async () => {
  machine = new Machine()
  master = await ScriptedMaster.listen(machine.log)
})
afterEach(async () => {
  await worker?.stop()
  await master.stop()
  await machine.cleanUp()
})

function start(options: string): Daemon {
  const { root, workDir } = machine
  worker = new Daemon({
    name: 'worker',
    args: [
      ...['worker', `spark://127.0.0.1:${master.address.port}`, '--webui-port', '0'],
      ...['--cores', '1', '--memory', '1g', '--work-dir', workDir],
    ],
    environment: {
      PATH: process.env['PATH'] ?? '',
      SPARK_HOME: path.join(root, 'spark'),
      JAVA_HOME: path.join(root, 'java'),
      SPARK_WORKER_OPTS: options,
    },
    logFile: path.join(root, 'worker.log'),
  })
  return worker
}

test('SIGPWR takes a worker out of service where decommission is enabled', async () => {
  const daemon = start('-Dspark.decommission.enabled=true')
  await daemon.message('registered')
  const { workerId } = await master.next('register-worker')
  daemon.kill('SIGPWR')
  expect(await master.next('worker-decommissioning')).toMatchObject({ workerId })
  expect(await daemon.stop()).toBe(0)
})

test('SIGPWR is ignored where it is not, with a word about the key', async () => {
  const daemon = start('')
  await daemon.message('registered')
  daemon.kill('SIGPWR')
  await waitUntil(
    'a word about the signal',
    () => daemon.log().includes('set spark.decommission.enabled=true') || undefined,
  )
  expect(master.received.map(({ type }) => type)).not.toContain('worker-decommissioning')
  expect(await daemon.stop()).toBe(0)
})

test('SIGPWR that comes while custom resources are looked for counts', async () => {
  const script = path.join(machine.root, 'gpus.sh')
  const [begun, go] = [path.join(machine.root, 'begun'), path.join(machine.root, 'go')]
  const body = `touch ${begun}; while ! test -e ${go}; do sleep 0.05; done`
  const answer = `echo '{"name":"gpu","addresses":["0"]}'`
  writeFileSync(script, `#!/bin/sh\n${body}; ${answer}\n`, { mode: 0o755 })
  const gpu = '-Dspark.worker.resource.gpu'
  const daemon = start(
    `-Dspark.decommission.enabled=true ${gpu}.amount=1 ${gpu}.discoveryScript=${script}`,
  )
  await waitUntil('the script', () => existsSync(begun) || undefined)
  daemon.kill('SIGPWR')
  writeFileSync(go, '')
  expect(await master.next('register-worker')).toMatchObject({ custom: { gpu: ['0'] } })
  await waitUntil(
    'a word to the master',
    () =>
      master.received.some(
        (message) =>
          message.type === 'worker-decommissioning' ||
          (message.type === 'register-worker' && message.decommissioning),
      ) || undefined,
  )
  expect(await daemon.stop()).toBe(0)
})
