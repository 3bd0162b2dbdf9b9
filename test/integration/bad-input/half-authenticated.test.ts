// Ten thousand peers that begin to authenticate and go no further, at a master in a process of its own.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import { encodeSaslMessage } from '@hearth/common/protocol/spark-auth/sasl-message.ts'
import { SPARK_IDENTITY } from '@hearth/common/protocol/spark-auth/identity.ts'
import { decodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { RawPeer } from '../../support/raw-peer.ts'
import { ScriptedDriver } from '../../support/scripted-driver.ts'
import { TestCluster } from '../../support/test-cluster.ts'
import { waitUntil } from '../../support/wait-until.ts'

const COUNT = 10_000
const MIB = 2 ** 20
const SECRET = 'correct horse battery'

let cluster: TestCluster
let peers: RawPeer[]

beforeEach(() => {
  peers = []
  cluster = new TestCluster({
    'spark.authenticate.secret': SECRET,
    'spark.network.auth.rpcTimeout': '20s',
  })
})

afterEach(async () => {
  for (const { socket } of peers) socket.destroy()
  await cluster.stop()
})

function memoryOf(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  ) ?? ['']
  return Number(kilobytes) * 1024
}

test('ten thousand half-finished authentications: bounded memory, and a driver is served', async () => {
  const master = await cluster.startMaster()
  const address = parseHostPort(cluster.masterUrl.replace('spark://', ''))
  if (address === undefined) throw new Error(`no address: ${cluster.masterUrl}`)
  const before = memoryOf(master.pid)

  const body = encodeSaslMessage({ identity: SPARK_IDENTITY, token: new Uint8Array(0) })
  while (peers.length < COUNT) {
    const round = await RawPeer.connectMany(address, 500)
    peers.push(...round)
    await Promise.all(round.map((peer) => peer.send({ kind: 'rpc-request', requestId: 1n, body })))
  }
  const challenged = () => peers.filter((peer) => peer.received.length > 100).length
  await waitUntil('all challenges', () => challenged() === COUNT || undefined, {
    describe: () => `${challenged()} of ${COUNT}`,
  })
  // Most of it is what a connection costs in any case.
  expect(memoryOf(master.pid) - before).toBeLessThan(256 * MIB)

  const driver = await ScriptedDriver.connect(address, { auth: defaultAuthSettings(SECRET) })
  expect(await driver.registered({ name: 'honest' })).toMatch(/^app-/)
  await Promise.all(peers.map((peer) => peer.closed))
  const question = { type: 'CheckExistence', name: 'Master', line: '2.13' } as const
  expect(decodeBooleanReply(await driver.ask('endpoint-verifier', question))).toBe(true)
  driver.close()
})
