// What real clients of Spark sent, taken by the accepting end with the random bytes of the recording.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { readConfig } from '../../config/read-config.ts'
import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { SparkAcceptor } from './spark-acceptor.ts'
import { AUTH_KEYS, authSettingsOf } from '../auth-settings.ts'
import { FrameChannel } from './frame-channel.ts'
import { seededRandom } from './seeded-random.test-support.ts'

interface Recording {
  readonly secret: string
  readonly seed: number
  readonly requests: readonly number[]
  readonly conversations: readonly {
    readonly release: string
    readonly mode: string
    readonly settings: Readonly<Record<string, string>>
    readonly bytes: string
  }[]
}

const FILE = new URL('../../../../../../test/fixtures/spark/authentication.json', import.meta.url)
const recording = JSON.parse(readFileSync(FILE, 'utf8')) as Recording

function replay(index: number, secret = recording.secret) {
  const { settings = {}, bytes = '' } = recording.conversations[index] ?? {}
  const auth = authSettingsOf(readConfig(AUTH_KEYS, new Map(Object.entries(settings))), secret)
  const maxFrameBytes = 1 << 20
  const random = seededRandom(recording.seed)
  const channel = new FrameChannel({
    maxFrameBytes,
    handshake: new SparkAcceptor({ auth, random, maxFrameBytes }),
    write: () => undefined,
  })
  return { channel, bytes: Buffer.from(bytes, 'base64') }
}

// As test/support/java/SparkPeer.java fills its requests.
const sent = recording.requests.map((size) =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * 31) & 0xff)).toString('hex'),
)

const all = recording.conversations.map(
  ({ release, mode }, index) => [`${release}: ${mode}`, index] as const,
)

describe.each(all)('%s', (_name, index) => {
  test('is understood, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 12 }), (cuts) => {
        const { channel, bytes } = replay(index)
        const bodies: string[] = []
        let at = 0
        for (const end of [...cuts.map((cut) => at + cut), bytes.length]) {
          for (const frame of channel.receive(bytes.subarray(at, Math.max(at, end)))) {
            if (frame.kind === 'rpc-request') bodies.push(Buffer.from(frame.body).toString('hex'))
          }
          at = Math.max(at, end)
        }
        expect(bodies).toEqual(sent)
        expect(channel.bufferedBytes).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  test('is refused by a port with another secret', () => {
    const { channel, bytes } = replay(index, 'another')
    expect(() => [...channel.receive(bytes)]).toThrow(ProtocolError)
    expect(channel.isAuthenticated).toBe(false)
  })
})
