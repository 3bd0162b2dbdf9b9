// A port with a secret and Spark peers that break the rules of authentication or bend what is encrypted.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import {
  defaultAuthSettings,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import type { RpcServer } from '@hearth/common/runtime/rpc/listen.ts'
import { AuthPeer } from '../../support/auth-peer.ts'
import { eventually } from '../../support/eventually.ts'
import { useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})

const SECRET = 'correct horse battery'
const settings = defaultAuthSettings(SECRET)
const DEADLINE_MS = 2_000
const GCM = { isCryptoEnabled: true, cipher: 'AES/GCM/NoPadding' } as const

const modes: readonly (readonly [string, AuthSettings])[] = [
  ['SASL encryption', { ...settings, encryptsSasl: true }],
  ['CTR', { ...settings, isCryptoEnabled: true }],
  ['CTR, version 2', { ...settings, isCryptoEnabled: true, authEngineVersion: 2 }],
  ['GCM', { ...settings, ...GCM }],
  ['GCM, version 2', { ...settings, ...GCM, authEngineVersion: 2 }],
]

const ask = (requestId: bigint, length = 10): Frame => ({
  kind: 'rpc-request',
  requestId,
  body: new Uint8Array(length),
})

async function authenticated(server: RpcServer, auth: AuthSettings): Promise<AuthPeer> {
  const peer = await AuthPeer.authenticated(server.address, auth)
  expect(peer.verdict.kind).toBe('authenticated')
  return peer
}

// Of what the port sent, what lies behind the authentication.
function answers(peer: AuthPeer): number {
  return peer.raw.received.length
}

describe.each(modes)('%s', (_name, auth) => {
  test('a plain frame after authentication closes the connection', async () => {
    const server = await rig.listen({ auth })
    const peer = await authenticated(server, auth)
    const before = answers(peer)
    await peer.raw.send(ask(7n, 300))
    await peer.raw.closed
    expect(answers(peer)).toBe(before)
    expect(rig.complaints).toHaveLength(1)
  })

  test('a flipped bit in what tells the length closes the connection', async () => {
    const server = await rig.listen({ auth })
    const peer = await authenticated(server, auth)
    await peer.raw.write(peer.sealed(ask(7n)))
    await eventually(() => rig.complaints.length + peer.raw.received.length).toBeGreaterThan(0)
    const sealed = peer.sealed(ask(8n))
    sealed[2] = (sealed[2] ?? 0) ^ 1
    await peer.raw.write(sealed)
    await peer.raw.closed
    expect(rig.complaints.join()).toMatch(/length \d+ (exceeds|is not between)/)
  })

  test('the recording of a whole connection opens nothing', async () => {
    const server = await rig.listen({ auth })
    const peer = await authenticated(server, auth)
    const sealed = peer.sealed(ask(7n))
    await peer.raw.write(sealed)
    const replayer = await rig.connect(server)
    await replayer.send(...peer.sent)
    await replayer.write(sealed)
    await replayer.closed
    peer.raw.socket.destroy()
    await peer.raw.closed
    expect(rig.complaints).toHaveLength(1)
  })
})

describe.each(modes.filter(([name]) => !name.startsWith('CTR')))('%s', (_name, auth) => {
  test('a flipped bit anywhere behind the length closes the connection, unanswered', async () => {
    const server = await rig.listen({ auth })
    const peer = await authenticated(server, auth)
    const before = answers(peer)
    const sealed = peer.sealed(ask(7n))
    sealed[20] = (sealed[20] ?? 0) ^ 1
    await peer.raw.write(sealed)
    await peer.raw.closed
    expect(answers(peer)).toBe(before)
    expect(rig.complaints.join()).toContain('changed on their way or sealed with another key')
  })
})

test('CTR does not notice a flipped bit in a body: it is another body', async () => {
  const auth = { ...settings, isCryptoEnabled: true }
  const server = await rig.listen({ auth })
  const peer = await authenticated(server, auth)
  const sealed = peer.sealed(ask(7n))
  const last = sealed.length - 1
  sealed[last] = (sealed[last] ?? 0) ^ 0x40
  const before = peer.raw.received.length
  await peer.raw.write(sealed)
  await eventually(() => peer.raw.received.length).toBe(before + sealed.length)
  const echoed = [...peer.protection.open(peer.raw.received.subarray(before))]
  expect(Buffer.concat(echoed).at(-1)).toBe(0x40)
  peer.raw.socket.destroy()
  await peer.raw.closed
})

test('a peer that is made to fall back to SASL, and so to plain frames, stands in the log', async () => {
  const server = await rig.listen({ auth: settings })
  const peer = await authenticated(server, { ...settings, isCryptoEnabled: true })
  expect(rig.complaints.join()).toMatch(
    /^127\.0\.0\.1:\d+: spark\.network\.crypto\.enabled is not set on this cluster/,
  )
  peer.raw.socket.destroy()
  await peer.raw.closed
})

describe('SASL', () => {
  test('messages in another order, or cut, are refused', async () => {
    const server = await rig.listen({ auth: settings })
    const peer = await authenticated(server, settings)
    const [first, second] = peer.sent
    if (first?.kind !== 'rpc-request' || second?.kind !== 'rpc-request')
      throw new Error('no frames')
    const orders: readonly (readonly Frame[])[] = [
      [second],
      [second, first],
      [first, first],
      [first, second],
      [{ ...first, body: first.body.subarray(0, 5) }],
      [first, { ...second, body: second.body.subarray(0, -1) }],
      [first, { kind: 'one-way', body: second.body }],
    ]
    for (const frames of orders) {
      const breaker = await rig.connect(server)
      await breaker.send(...frames)
      await breaker.closed
    }
    await peer.raw.send(ask(9n))
    expect(await peer.raw.frames(3)).toContainEqual(expect.objectContaining({ requestId: 9n }))
    expect(rig.complaints).toHaveLength(orders.length)
    expect(rig.complaints.join()).not.toContain(SECRET)
    peer.raw.socket.destroy()
    await peer.raw.closed
  })

  test('who goes no further than the challenge is let go at the deadline', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const server = await rig.listen({ auth: { ...settings, timeoutMs: DEADLINE_MS } })
    const peer = await AuthPeer.connect(server.address, settings)
    await peer.begin()
    await peer.raw.frames(1)
    vi.advanceTimersByTime(DEADLINE_MS)
    await peer.raw.closed
    expect(rig.complaints.join()).toContain(
      `no authentication, or nothing behind it, within ${DEADLINE_MS} ms`,
    )
  })

  test('who repeats a recorded AuthEngine message and says no more is let go too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const auth = { ...settings, isCryptoEnabled: true, timeoutMs: DEADLINE_MS }
    const server = await rig.listen({ auth })
    const peer = await authenticated(server, auth)
    const replayer = await rig.connect(server)
    await replayer.send(...peer.sent)
    await replayer.frames(peer.sent.length)
    vi.advanceTimersByTime(DEADLINE_MS)
    await Promise.all([replayer.closed, peer.raw.closed])
    expect(rig.complaints).toHaveLength(2)
  })

  test('a frame longer than an authentication is refused before it has arrived', async () => {
    const server = await rig.listen({ auth: settings })
    const peer = await rig.connect(server)
    const length = Buffer.alloc(8)
    length.writeBigInt64BE(16_385n)
    await peer.write(length)
    await peer.closed
    expect(rig.complaints.join()).toContain('frame length 16385 exceeds the limit of 16384')
  })
})
