// A master with a secret: drivers that prove it, drivers that do not, and drivers that lie about who they
// are. The application that runs there notices nothing of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import {
  decodeBooleanReply,
  encodeBooleanReply,
} from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import {
  defaultAuthSettings,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { listenRpc } from '@hearth/common/runtime/rpc/listen.ts'
import { AuthPeer } from '../../support/auth-peer.ts'
import { MasterRig } from '../../support/master-rig.ts'
import { RawPeer } from '../../support/raw-peer.ts'
import { ANSWER_TIMEOUT_MS } from '../../support/wait-until.ts'

const settings = defaultAuthSettings('correct horse battery')
const modes: readonly (readonly [string, AuthSettings])[] = [
  ['SASL', settings],
  ['SASL encryption', { ...settings, encryptsSasl: true }],
  ['AuthEngine', { ...settings, isCryptoEnabled: true }],
]

let rig: MasterRig

afterEach(() => rig.stop())

function toMaster(content: Uint8Array, sender: HostPort): Uint8Array {
  return encodeEnvelope({ sender, receiver: rig.master.address, endpoint: 'Master', content })
}

async function expectService(): Promise<void> {
  const newcomer = await rig.driver()
  await newcomer.registered({ name: 'newcomer', maxCores: 1 })
  await newcomer.next('ExecutorUpdated', ({ state }) => state === 'RUNNING')
  newcomer.close()
  await rig.expectUnharmed()
}

describe.each(modes)('%s', (_name, auth) => {
  beforeEach(async () => {
    rig = await MasterRig.start({}, auth)
  })

  test('a driver with the secret is served', () => expectService())

  test('one with another secret hears what to check', async () => {
    const driver = rig.driver({ auth: { ...auth, secret: 'another' } })
    await expect(driver).rejects.toThrow('check spark.authenticate.secret')
    await expectService()
  })

  test('one without hears what to set, at its first question', async () => {
    const peer = await RawPeer.connect(rig.master.address)
    const content = encodeSparkMessage(
      { type: 'CheckExistence', name: 'Master', line: '2.13' },
      '2.13',
    )
    const envelope = { sender: null, receiver: rig.master.address, endpoint: 'endpoint-verifier' }
    const body = encodeEnvelope({ ...envelope, content })
    await peer.send({ kind: 'rpc-request', requestId: 5n, body })
    expect(await peer.frames(1)).toEqual([
      {
        kind: 'rpc-failure',
        requestId: 5n,
        error: expect.stringContaining(
          'set spark.authenticate=true and spark.authenticate.secret',
        ) as string,
      },
    ])
    await peer.closed
    await expectService()
  })

  test('one whose connection breaks is dialled, and the master proves the secret to it', async () => {
    let heard = (_message: SparkMessage): void => undefined
    const changed = new Promise<SparkMessage>((resolve) => (heard = resolve))
    const home = await listenRpc({
      ...{ host: '127.0.0.1', port: 0, auth, log: createLog({ name: 'driver', level: 'silent' }) },
      onSpark: (connection) => ({
        onRequest: (requestId) => void connection.reply(requestId, encodeBooleanReply(true)),
        onOneWay: (body) => {
          heard(decodeSparkMessage(decodeEnvelope(body).content))
          const acknowledged = { type: 'MasterChangeAcknowledged', appId: id } as const
          connection.sendOneWay(toMaster(encodeSparkMessage(acknowledged, '2.13'), home.address))
        },
        onClose: () => undefined,
      }),
    })
    const driver = await rig.driver()
    driver.register({ name: 'moved', maxCores: 1 }, home.address)
    const id = (await driver.next('RegisteredApplication')).appId
    await driver.next('ExecutorUpdated', ({ state }) => state === 'RUNNING')
    driver.socket.resetAndDestroy()
    expect(await changed).toMatchObject({ type: 'MasterChanged' })
    const states = async () =>
      (await rig.json()).activeapps.map((one) => `${one.name} ${one.state}`)
    expect(await states()).toEqual(['bystander RUNNING', 'moved RUNNING'])
    // It is over when the driver stops listening: a dial is refused.
    await home.stop()
    await rig.expectUnharmed()
  })

  test('a thousand that stop half-way cost no one his service', async () => {
    const peers = await Promise.all(
      Array.from({ length: 1_000 }, () => AuthPeer.connect(rig.master.address, auth)),
    )
    await Promise.all(peers.map((peer) => peer.begin()))
    await expectService()
    for (const { raw } of peers) raw.socket.destroy()
    await Promise.all(peers.map(({ raw }) => raw.closed))
    await expectService()
  })
})

describe('a driver that says it is another', () => {
  beforeEach(async () => {
    rig = await MasterRig.start({}, settings)
  })

  test('can neither end nor resize nor rob its application', async () => {
    const liar = await rig.driver()
    const ownId = await liar.registered({ name: 'liar', maxCores: 1 })
    const { bystander, bystanderId } = rig
    // Its envelopes name the other driver as their sender.
    const wrap = (content: Uint8Array) => toMaster(content, bystander.address)
    const { connection } = liar
    connection.sendOneWay(
      wrap(encodeSparkMessage({ type: 'UnregisterApplication', appId: bystanderId }, '2.13')),
    )
    const killed = await connection.ask(
      wrap(
        encodeSparkMessage(
          { type: 'KillExecutors', appId: bystanderId, executorIds: ['0'] },
          '2.13',
        ),
      ),
      ANSWER_TIMEOUT_MS,
    )
    expect(decodeBooleanReply(killed)).toBe(false)
    expect(ownId).not.toBe(bystanderId)
    liar.close()
    await rig.expectUnharmed()
  })

  test('is not taken for it when it registers under its address', async () => {
    const liar = await rig.driver()
    liar.register({ name: 'liar', maxCores: 1 }, rig.bystander.address)
    const line = '2.13'
    await liar.ask('endpoint-verifier', { type: 'CheckExistence', name: 'Master', line })
    expect(liar.messages).toEqual([])
    await rig.expectUnharmed()
    liar.close()
    await rig.expectUnharmed()
  })
})
