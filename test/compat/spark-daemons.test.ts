// Spark's own daemons as judges of the messages between workers and masters: a real master takes what a
// hollow worker says, and a real worker takes what we would say to it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { HollowDriver } from '../../bench/hollow/driver.ts'
import { SPEAKING_AS } from '../../bench/hollow/spark-peer.ts'
import { HollowSparkWorker } from '../../bench/hollow/spark-worker.ts'
import { startSparkMaster, startSparkWorker } from '../../bench/lib/clusters.ts'
import { addressOf } from '../../bench/lib/time-to-running.ts'
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import {
  describeApplication,
  type SparkApplicationDescription,
} from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { recordedMessage } from '../support/recorded-messages.ts'
import { sparkHome, SPARK_VERSIONS, type SparkVersion } from '../support/spark-distributions.ts'
import { SparkMasterStandIn } from '../support/spark-master-stand-in.ts'
import { waitUntil } from '../support/wait-until.ts'

const STRANGER = {
  appId: 'app-20260101000000-9999',
  execId: 3,
  rpId: 0,
  cores: 1,
  memoryMb: 512,
  state: 'RUNNING',
} as const

/** What a JVM says of bytes that it cannot make a message of. */
const BAD_MESSAGE = / ERROR |InvalidClass|ClassCast|serialVersionUID/

const cleanups: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Options by which a worker of Spark's offers these addresses. */
function gpus(addresses: readonly string[]): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-test-'))
  cleanups.push(() => rmSync(directory, { recursive: true }))
  const file = path.join(directory, 'resources.json')
  const id = { componentName: 'spark.worker', resourceName: 'gpu' }
  writeFileSync(file, JSON.stringify([{ id, addresses }]))
  return `-Dspark.worker.resource.gpu.amount=${addresses.length} -Dspark.worker.resourcesFile=${file}`
}

/** As recorded, but for a driver that takes connections and says nothing: its executors live until they are killed. */
async function descriptionWithMuteDriver(
  version: SparkVersion,
): Promise<SparkApplicationDescription> {
  const driver = createServer((socket) => {
    socket.on('error', () => undefined).resume()
    cleanups.push(() => void socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(driver, 'listening')
  cleanups.push(() => void driver.close())
  const { port } = driver.address() as AddressInfo
  const { description } = recordedMessage(version, 'client-mode', 'RegisterApplication')
  const { command } = description
  return describeApplication(classTableOf(SPEAKING_AS[version]), {
    ...description,
    command: {
      ...command,
      arguments: command.arguments.map((word) =>
        word.replace(/^(spark:\/\/CoarseGrainedScheduler)@.*/, `$1@127.0.0.1:${port}`),
      ),
    },
  })
}

describe.each(SPARK_VERSIONS)('Spark %s', (version) => {
  test('its master registers a hollow worker, has it end what it does not know, and runs on it', async () => {
    const subject = await startSparkMaster(sparkHome(version))
    cleanups.push(() => subject.stop())
    const master = addressOf(subject.masterUrl)
    const messages: SparkMessage[] = []
    const worker = await HollowSparkWorker.register(master, {
      id: 'worker-20260101000000-1',
      address: { host: '127.2.0.1', port: 7 },
      cores: 4,
      memoryMb: 4096,
      version,
      held: [STRANGER],
      onMessage: (message) => messages.push(message),
    })
    cleanups.push(() => worker.close())
    expect(messages[0]).toMatchObject({ type: 'RegisteredWorker', masterAddress: master })
    const order = await waitUntil('an order to kill', () =>
      messages.find((message) => message.type === 'KillExecutor'),
    )
    const { appId, execId } = STRANGER
    expect(order).toEqual({ type: 'KillExecutor', masterUrl: subject.masterUrl, appId, execId })

    const driver = await HollowDriver.connect(master, { host: '127.1.0.1', port: 7 }, { version })
    const application = { name: 'a', maxCores: 2, coresPerExecutor: 1, memoryMb: 512 }
    const id = await driver.register(application)
    await driver.whenStarted(2)
    const running = (executor: number) => ({ appId: id, executor, cores: 1 })
    expect(worker.executors).toMatchObject([running(0), running(1)])
    driver.end()
    await waitUntil('its executors to end', () =>
      worker.executors.length === 0 ? true : undefined,
    )
  })

  test('its worker obeys our words, and we understand all of its own', async () => {
    const master = await SparkMasterStandIn.start()
    cleanups.push(() => master.stop())
    const worker = startSparkWorker(sparkHome(version), master.url, {
      cores: 2,
      memory: '2g',
      javaOptions: `-Dspark.decommission.enabled=true ${gpus(['0', '1'])}`,
    })
    cleanups.push(() => worker.stop())
    const registration = await master.next('RegisterWorker')
    const resources = { gpu: ['0', '1'] }
    const { address: masterAddress } = master
    expect(registration).toMatchObject({ cores: 2, memory: 2048, masterAddress, resources })
    master.say({ type: 'MasterInStandby' })
    master.register(registration)
    expect(await master.next('WorkerLatestState')).toMatchObject({ executors: [], driverIds: [] })
    expect(await master.next('Heartbeat')).toMatchObject({ workerId: registration.id })

    const description = await descriptionWithMuteDriver(version)
    const appId = 'app-20260101000000-0000'
    const sizes = { cores: 1, memory: 512, rpId: 0 }
    const key = { masterUrl: master.url, appId, execId: 5 }
    master.say({ type: 'LaunchExecutor', ...key, ...sizes, description, resources })
    const isOf = (state: string) => (message: { state: string }) => message.state === state
    await master.next('ExecutorStateChanged', isOf('RUNNING'))
    master.say({
      type: 'MasterChanged',
      master: master.refFor(registration.worker),
      masterWebUiUrl: 'http://127.0.0.1:1',
    })
    const held = await master.next('WorkerSchedulerStateResponse')
    expect(held).toMatchObject({
      executors: [{ description: { appId, execId: 5, state: 'RUNNING' }, resources }],
      drivers: [],
    })
    master.say({ type: 'KillExecutor', ...key })
    await master.next('ExecutorStateChanged', isOf('KILLED'))
    master.say({ type: 'ApplicationFinished', id: appId })

    master.say({ type: 'ReconnectWorker', masterUrl: master.url })
    const again = await master.next('RegisterWorker', (message) => message !== registration)
    expect(again.id).toBe(registration.id)
    master.register(again)
    master.say({ type: 'DecommissionWorker' })
    // Only a worker that got a signal tells its master; the master knows what it said itself.
    const log = () => readFileSync(path.join(worker.directory, 'worker.log'), 'utf8')
    await waitUntil('the worker to obey', () =>
      log().includes(`Decommission worker ${registration.id}`) ? true : undefined,
    )
    const complaints = log()
      .split('\n')
      .filter((line) => BAD_MESSAGE.test(line))
    expect(complaints).toEqual([])
  })
})

test('a worker of Spark 4.3.0 that is refused says why', async () => {
  const master = await SparkMasterStandIn.start()
  cleanups.push(() => master.stop())
  const worker = startSparkWorker(sparkHome('4.3.0'), master.url, {
    cores: 2,
    memory: '2g',
    javaOptions: '',
  })
  cleanups.push(() => worker.stop())
  await master.next('RegisterWorker')
  master.say({ type: 'RegisterWorkerFailed', message: 'no room today' })
  const log = () => readFileSync(path.join(worker.directory, 'worker.log'), 'utf8')
  await waitUntil('its reason', () => (log().includes('no room today') ? true : undefined))
})
