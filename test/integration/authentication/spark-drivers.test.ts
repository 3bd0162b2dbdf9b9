// A master with a secret: drivers that prove it, drivers that do not, and drivers that lie about who they
// are. The application that runs there notices nothing of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { decodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { encodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import {
  defaultAuthSettings,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { AuthPeer } from '../../support/auth-peer.ts'
import { MasterRig } from '../../support/master-rig.ts'
import { RawPeer } from '../../support/raw-peer.ts'

const settings = defaultAuthSettings('correct horse battery')
const modes: readonly (readonly [string, AuthSettings])[] = [
  ['SASL', settings],
  ['SASL encryption', { ...settings, encryptsSasl: true }],
  ['AuthEngine', { ...settings, isCryptoEnabled: true }],
]

let rig: MasterRig

afterEach(() => rig.stop())

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
    const wrap = (content: Uint8Array) =>
      encodeEnvelope({
        sender: bystander.address,
        receiver: rig.master.address,
        endpoint: 'Master',
        content,
      })
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
      5_000,
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
