// Both ends of every authentication and encryption against Spark's own network layer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AUTH_KEYS,
  authSettingsOf,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { dialSpark } from '@hearth/common/runtime/rpc/dial.ts'
import type { ListenRpcOptions } from '@hearth/common/runtime/rpc/listen.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { useRpcRig } from '../support/rpc-rig.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { SparkPeer, type PeerSettings } from '../support/spark-peer.ts'
import { ANSWER_TIMEOUT_MS } from '../support/wait-until.ts'

const CRYPTO = { 'spark.network.crypto.enabled': 'true' }
const GCM = { ...CRYPTO, 'spark.network.crypto.cipher': 'AES/GCM/NoPadding' }
const VERSION_2 = { 'spark.network.crypto.authEngineVersion': '2' }
const SASL_ENCRYPTION = { 'spark.authenticate.enableSaslEncryption': 'true' }

const MODES: readonly (readonly [string, PeerSettings])[] = [
  ['SASL', {}],
  ['SASL encryption', SASL_ENCRYPTION],
  [
    'SASL encryption in small blocks',
    {
      ...SASL_ENCRYPTION,
      'spark.network.sasl.maxEncryptedBlockSize': '4k',
    },
  ],
  ['AuthEngine 1, CTR', CRYPTO],
  ['AuthEngine 2, CTR', { ...CRYPTO, ...VERSION_2 }],
  ['AuthEngine 1, GCM', GCM],
  ['AuthEngine 2, GCM', { ...GCM, ...VERSION_2 }],
]

const WRONG_SECRET_MODES: readonly (readonly [string, PeerSettings])[] = [
  ['SASL', {}],
  ['SASL encryption', SASL_ENCRYPTION],
  ['AuthEngine, then SASL', CRYPTO],
  ['AuthEngine alone', { ...CRYPTO, 'spark.network.crypto.saslFallback': 'false' }],
]

const MISMATCHES: readonly (readonly [string, PeerSettings, PeerSettings])[] = [
  ['another cipher', CRYPTO, GCM],
  ['another version', { ...CRYPTO, ...VERSION_2 }, CRYPTO],
  ['both', { ...GCM, ...VERSION_2 }, CRYPTO],
]

// Around the edges of a GCM segment (32752 bytes behind the 21 of a frame) and of a SASL block.
const SIZES = [1, 5, 100, 4096, 32_730, 32_731, 32_732, 65_515, 65_536, 300_000]

// Longer than a line of Netty's base64, and not ASCII.
const SECRET = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90-schlüssel'

const rig = useRpcRig()

function authOf(settings: PeerSettings, secret = SECRET): AuthSettings {
  return authSettingsOf(readConfig(AUTH_KEYS, new Map(Object.entries(settings))), secret)
}

async function listen(settings: PeerSettings): Promise<number> {
  const server = await rig.listen({ auth: authOf(settings) })
  return server.address.port
}

// Reads what it is asked as the endpoints of a cluster do.
const envelopes: NonNullable<ListenRpcOptions['onSpark']> = () => ({
  onRequest: (_id, body) => void decodeEnvelope(body),
  onOneWay: () => undefined,
  onClose: () => undefined,
})

interface Dialled {
  readonly connection: SparkConnection
  /** Closes the connection and waits until it is gone. */
  readonly end: () => Promise<void>
}

async function dial(port: number, auth: AuthSettings): Promise<Dialled> {
  let onClose = (): void => undefined
  const closed = new Promise<void>((resolve) => (onClose = resolve))
  const handlers = { onRequest: () => undefined, onOneWay: () => undefined, onClose }
  const address = { host: '127.0.0.1', port }
  const connection = await dialSpark(address, { log: rig.log, auth, onOpen: () => handlers })
  const end = (): Promise<void> => {
    connection.close('done')
    return closed
  }
  return { connection, end }
}

describe.each(SPARK_VERSIONS)('Spark %s', (version) => {
  let spark: SparkPeer

  beforeAll(async () => {
    spark = await SparkPeer.start(version)
  })

  afterAll(() => spark.stop())

  test.each(MODES)('dials us: %s', async (_name, settings) => {
    const port = await listen(settings)
    expect(await spark.dial(port, SIZES, { ...settings, secret: SECRET })).toBe(
      `echoed ${SIZES.length}`,
    )
  })

  test.each(MODES)('is dialled by us: %s', async (_name, settings) => {
    const port = await spark.serve({ ...settings, secret: SECRET })
    const { connection, end } = await dial(port, authOf(settings))
    for (const size of SIZES) {
      const body = Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff)
      expect(Buffer.compare(await connection.ask(body, ANSWER_TIMEOUT_MS), body)).toBe(0)
    }
    await end()
  })

  test.each(WRONG_SECRET_MODES)('with a wrong secret hears why: %s', async (_name, settings) => {
    const port = await listen(settings)
    const outcome = await spark.dial(port, [1], { ...settings, secret: 'wrong' })
    expect(outcome).toContain('failed')
    expect(outcome).toContain('Hearth: check spark.authenticate.secret')
  })

  test.each(WRONG_SECRET_MODES)('refuses our wrong secret: %s', async (_name, settings) => {
    const port = await spark.serve({ ...settings, secret: SECRET })
    await expect(dial(port, authOf(settings, 'wrong'))).rejects.toMatchObject({
      code: 'EAUTH',
      message: expect.stringMatching(
        /not authenticated: .*(Mismatched response|Authentication failed)/,
      ) as string,
    })
  })

  test('hears that the cluster has no secret', async () => {
    const server = await rig.listen({ onSpark: envelopes })
    const outcome = await spark.dial(server.address.port, [1], { secret: SECRET })
    expect(outcome).toContain('this cluster has no secret')
  })

  test('falls back to SASL where AuthEngine is not enabled', async () => {
    const port = await listen({})
    expect(await spark.dial(port, SIZES, { ...CRYPTO, secret: SECRET })).toBe('echoed 10')
  })

  test('must encrypt where SASL is taken encrypted only', async () => {
    const port = await listen({ 'spark.network.sasl.serverAlwaysEncrypt': 'true' })
    const plain = await spark.dial(port, [1], { secret: SECRET })
    expect(plain).toMatch(/failed .*No common protection layer/)
    expect(await spark.dial(port, [1], { ...SASL_ENCRYPTION, secret: SECRET })).toBe('echoed 1')
  })

  test('is encrypted by us where it takes SASL encrypted only', async () => {
    const settings = { 'spark.network.sasl.serverAlwaysEncrypt': 'true' }
    const { connection, end } = await dial(
      await spark.serve({ ...settings, secret: SECRET }),
      authOf({}),
    )
    expect([...(await connection.ask(Uint8Array.of(7), ANSWER_TIMEOUT_MS))]).toEqual([7])
    await end()
  })

  test.each(MISMATCHES)('is told apart by its first frame: %s', async (_name, ours, theirs) => {
    const port = await listen(ours)
    expect(await spark.dial(port, [1], { ...theirs, secret: SECRET })).toMatch(/^failed .*closed$/)
    expect(rig.complaints.join()).toContain(
      'are spark.network.crypto.cipher and spark.network.crypto.authEngineVersion the same',
    )
  })
})
