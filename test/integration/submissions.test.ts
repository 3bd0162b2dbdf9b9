// Clients that submit drivers over RPC: what each of four releases asks, against a running master with a scripted
// worker; and such as no release asks.
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { encodeFrame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import type { LaunchDriver } from '@hearth/common/protocol/cluster/messages.ts'
import {
  describeDriver,
  type SparkDriverDescription,
} from '@hearth/common/protocol/spark-rpc/messages/driver-description.ts'
import {
  decodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { afterEach, describe, expect, test } from 'vitest'
import { RELEASES, readConversation, type Release } from '../fixtures/spark/recordings.ts'
import { MasterRig } from '../support/master-rig.ts'
import { RawPeer } from '../support/raw-peer.ts'
import { recordedMessage } from '../support/recorded-messages.ts'
import type { ScriptedDriver } from '../support/scripted-driver.ts'
import type { ScriptedWorker } from '../support/scripted-worker.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from '../support/wait-until.ts'

type MessageOf<Type extends SparkMessage['type']> = Extract<SparkMessage, { type: Type }>

let rig: MasterRig

afterEach(() => rig.stop())

/** A client without a SparkContext. */
class Client {
  readonly #peer: ScriptedDriver
  readonly #release: Release

  constructor(peer: ScriptedDriver, release: Release) {
    this.#peer = peer
    this.#release = release
  }

  static async connect(release: Release = '4.3.0'): Promise<Client> {
    return new Client(await rig.driver({ release }), release)
  }

  submit(
    changes: Partial<SparkDriverDescription> = {},
  ): Promise<MessageOf<'SubmitDriverResponse'>> {
    const message = recordedMessage(this.#release, 'cluster-rpc', 'RequestSubmitDriver')
    const classes = classTableOf(message.line)
    const isChanged = Object.keys(changes).length > 0
    const description = isChanged
      ? describeDriver(classes, { ...message.description, ...changes })
      : message.description
    return this.#ask({ ...message, description }, 'SubmitDriverResponse')
  }

  status(driverId: string): Promise<MessageOf<'DriverStatusResponse'>> {
    const { line } = recordedMessage(this.#release, 'cluster-rpc', 'RequestDriverStatus')
    return this.#ask({ type: 'RequestDriverStatus', driverId, line }, 'DriverStatusResponse')
  }

  kill(driverId: string): Promise<MessageOf<'KillDriverResponse'>> {
    const { line } = recordedMessage(this.#release, 'cluster-rpc', 'RequestKillDriver')
    return this.#ask({ type: 'RequestKillDriver', driverId, line }, 'KillDriverResponse')
  }

  close(): void {
    this.#peer.close()
  }

  async #ask<Type extends SparkMessage['type']>(
    message: SparkMessage,
    type: Type,
  ): Promise<MessageOf<Type>> {
    const answer = decodeSparkMessage(await this.#peer.ask('Master', message))
    if (answer.type !== type) throw new Error(`the answer is ${answer.type}`)
    return answer as MessageOf<Type>
  }
}

let sequence = 0

function report(
  worker: ScriptedWorker,
  { driverId, attempt }: LaunchDriver,
  state: 'running' | 'exited' | 'failed' | 'killed',
  { exitCode = null, message = null }: { exitCode?: number | null; message?: string | null } = {},
): void {
  sequence += 1
  worker.send({ type: 'driver-state', sequence, driverId, attempt, state, exitCode, message })
}

async function stateOf(client: Client, driverId: string, wanted: string) {
  let last = ''
  return waitUntil(
    `the driver to be ${wanted}`,
    async () => {
      const status = await client.status(driverId)
      last = JSON.stringify(status)
      return status.state === wanted ? status : undefined
    },
    { timeoutMs: ANSWER_TIMEOUT_MS, describe: () => last },
  )
}

async function submitted(client: Client, changes: Partial<SparkDriverDescription> = {}) {
  const { driverId, success, message } = await client.submit(changes)
  if (!success || driverId === null) throw new Error(message)
  return driverId
}

describe.each(RELEASES)('a recorded client of %s', (release) => {
  test('submits, asks and kills', async () => {
    rig = await MasterRig.start()
    const client = await Client.connect(release)
    const answer = await client.submit()
    const driverId = answer.driverId ?? ''
    expect(driverId).toMatch(/^driver-\d{14}-\d{4}$/)
    expect(answer).toMatchObject({
      success: true,
      master: null,
      message: `Driver successfully submitted as ${driverId}`,
    })
    const order = await rig.worker.next('launch-driver')
    expect(order).toMatchObject({ driverId, cores: 1, memoryMb: 512, supervised: false })
    expect(order.payload).toMatchObject({
      jarUrl: 'file:/opt/spark-apps/spark-pi.jar',
      command: {
        mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
        arguments: [
          '{{WORKER_URL}}',
          '{{USER_JAR}}',
          'org.apache.spark.examples.SparkPi',
          '2',
          '60000',
        ],
      },
    })
    report(rig.worker, order, 'running')
    const where = { workerId: 'worker-1', workerHostPort: '127.0.0.1:0', exception: null }
    expect(await stateOf(client, driverId, 'RUNNING')).toMatchObject({ found: true, ...where })

    expect(await client.kill(driverId)).toMatchObject({
      ...{ driverId, success: true, message: `Kill request for ${driverId} submitted` },
    })
    await rig.worker.next('kill-driver')
    report(rig.worker, order, 'killed', { exitCode: 143 })
    expect(await stateOf(client, driverId, 'KILLED')).toMatchObject(where)
    expect(await client.kill(driverId)).toMatchObject({
      success: false,
      message: `Driver ${driverId} has already finished or does not exist`,
    })
    client.close()
    await rig.expectUnharmed()
  })
})

test('a driver runs on when its client has gone, and whoever asks later is told', async () => {
  rig = await MasterRig.start()
  const client = await Client.connect()
  const driverId = await submitted(client)
  client.close()
  const order = await rig.worker.next('launch-driver')
  report(rig.worker, order, 'running')
  report(rig.worker, order, 'exited', { exitCode: 0 })
  await stateOf(await Client.connect('3.5.9'), driverId, 'FINISHED')
})

test('one that fails is no exception for its client, one that cannot be started is', async () => {
  rig = await MasterRig.start()
  const client = await Client.connect()
  const failing = await submitted(client)
  const order = await rig.worker.next('launch-driver')
  report(rig.worker, order, 'running')
  report(rig.worker, order, 'exited', { exitCode: 3 })
  expect((await stateOf(client, failing, 'FAILED')).exception).toBe(null)

  const lacking = await submitted(client)
  const second = await waitUntil('the second order', () =>
    rig.worker.messages.find(
      (one): one is LaunchDriver => one.type === 'launch-driver' && one.driverId === lacking,
    ),
  )
  report(rig.worker, second, 'failed', { message: 'cannot fetch file:/x.jar: no such file' })
  const { exception } = await stateOf(client, lacking, 'ERROR')
  expect(exception).toMatch(/cannot fetch file:\/x\.jar: no such file/)
})

test('the same submission twice is two drivers: nothing in it tells them apart', async () => {
  rig = await MasterRig.start()
  const client = await Client.connect()
  const ids = await Promise.all([submitted(client), submitted(client)])
  expect(new Set(ids).size).toBe(2)
})

test('every ask of a hundred at once is answered', async () => {
  rig = await MasterRig.start()
  const client = await Client.connect('4.0.1')
  const ids = await Promise.all(Array.from({ length: 100 }, () => submitted(client)))
  expect(new Set(ids).size).toBe(100)
  const killed = await Promise.all(ids.map((id) => client.kill(id)))
  expect(killed.every(({ success }) => success)).toBe(true)
})

describe('refused with a sentence, and nobody else notices', () => {
  test.each<[string, Partial<SparkDriverDescription>, RegExp]>([
    ['no cores', { cores: 0 }, /the driver asks for 0 cores; it must be a whole number from 1 to/],
    ['negative memory', { mem: -1 }, /the driver asks for -1 MiB of memory; it must be/],
    [
      'a resource that cannot have that name',
      { resourceReqs: [{ resourceName: '$(x)', amount: 1, numParts: 1 }] },
      /"\$\(x\)" cannot name a custom resource/,
    ],
    [
      'no main class',
      {
        command: {
          ...{ mainClass: 'org.apache.spark.deploy.worker.DriverWrapper', arguments: [] },
          ...{ environment: {}, classPathEntries: [], libraryPathEntries: [], javaOptions: [] },
        },
      },
      /the submission names no main class/,
    ],
  ])('%s', async (_name, changes, sentence) => {
    rig = await MasterRig.start()
    const client = await Client.connect()
    expect(await client.submit(changes)).toMatchObject({
      ...{ success: false, driverId: null, message: expect.stringMatching(sentence) as string },
    })
    client.close()
    await rig.expectUnharmed()
  })

  test('ids that nobody has', async () => {
    rig = await MasterRig.start()
    const client = await Client.connect()
    for (const id of ['', '../x', 'driver-1', '__proto__', 'x'.repeat(1_000_000)]) {
      expect(await client.status(id)).toMatchObject({ found: false, state: null, exception: null })
      const { success, message } = await client.kill(id)
      expect(success).toBe(false)
      expect(message).toBe(`Driver ${id.slice(0, 255)} has already finished or does not exist`)
    }
  })

  test('more waiting drivers than the master keeps', async () => {
    rig = await MasterRig.start({ 'hearth.drivers.maxWaiting': '1' })
    const client = await Client.connect()
    const huge = { mem: 1_000_000 }
    await submitted(client, huge)
    const { success, message } = await client.submit(huge)
    expect(success).toBe(false)
    expect(message).toMatch(/^This master cannot take the driver: .*hearth\.drivers\.maxWaiting/)
  })
})

test.each([
  ['SASL', {}],
  ['SASL encryption', { encryptsSasl: true }],
  ['AuthEngine', { isCryptoEnabled: true }],
])('a client that has proven the secret submits: %s', async (_mode, changes) => {
  const auth = { ...defaultAuthSettings('correct horse battery'), ...changes }
  rig = await MasterRig.start({}, auth)
  const client = await Client.connect('4.1.4')
  const driverId = await submitted(client)
  expect((await client.status(driverId)).found).toBe(true)
})

describe('a client of a release that is not known', () => {
  const PREFIX = 'org.apache.spark.deploy.DeployMessages$'
  const CHANGE = 1_000n
  const ASKED = ['SubmitDriverResponse', 'KillDriverResponse', 'DriverStatusResponse'].map(
    (name) => PREFIX + name,
  )

  test('is asked once for its versions, and answered in them', async () => {
    rig = await MasterRig.start()
    const frames = readConversation('4.3.0', 'cluster-rpc').filter(({ to }) => to === 'master')
    const bytesOf = (name: string) => frames.find((it) => it.class.endsWith(name))?.bytes ?? ''
    const peer = await RawPeer.connect(rig.master.address)
    await peer.write(bytesOf('$CheckExistence'))
    await peer.frames(1)
    await peer.write(withOtherVersion(bytesOf('$RequestSubmitDriver'), 'RequestSubmitDriver'))
    const questions = await peer.frames(1 + ASKED.length)
    for (const frame of questions) {
      if (frame.kind !== 'rpc-request') continue
      const { endpoint, content } = decodeEnvelope(frame.body)
      expect(endpoint).toBe('client')
      const text = Buffer.from(content).toString('latin1')
      const name = ASKED.find((one) => text.includes(one)) ?? 'nothing'
      const error = `java.io.InvalidClassException: ${name}; local class incompatible: stream classdesc serialVersionUID = 0, local class serialVersionUID = ${uidOf(name) + CHANGE}`
      const { requestId } = frame
      await peer.write(Buffer.concat(encodeFrame({ kind: 'rpc-failure', requestId, error })))
    }
    const answers = await peer.frames(1 + ASKED.length + 1)
    const [answer] = answers.slice(1 + ASKED.length)
    if (answer?.kind !== 'rpc-response') throw new Error(`got ${answer?.kind}`)
    expectVersion(answer.body, 'SubmitDriverResponse')

    // It is not asked again.
    await peer.write(withOtherVersion(bytesOf('$RequestDriverStatus'), 'RequestDriverStatus'))
    const all = await peer.frames(1 + ASKED.length + 2)
    const [status] = all.slice(1 + ASKED.length + 1)
    if (status?.kind !== 'rpc-response') throw new Error(`got ${status?.kind}`)
    expectVersion(status.body, 'DriverStatusResponse')
    peer.socket.destroy()
  })

  function uidOf(className: string): bigint {
    const uid = classTableOf('2.13').uidOf(className)
    if (uid === undefined) throw new Error(`${className} is not in the table`)
    return uid
  }

  function uidBytes(uid: bigint): Buffer {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(uid)
    return bytes
  }

  function withOtherVersion(bytes: Uint8Array | string, name: string): Buffer {
    const changed = Buffer.from(bytes)
    const uid = uidOf(PREFIX + name)
    const at = changed.indexOf(uidBytes(uid))
    if (at < 0) throw new Error(`no class of version ${uid} in the recording`)
    uidBytes(uid + CHANGE).copy(changed, at)
    return changed
  }

  function expectVersion(body: Uint8Array, name: string): void {
    const version = uidBytes(uidOf(PREFIX + name) + CHANGE)
    expect(Buffer.from(body).includes(version), name).toBe(true)
  }
})
