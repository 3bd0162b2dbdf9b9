// What real clients of Spark sent to authenticate, and ends of our own that know the secret.
import { readFileSync } from 'node:fs'
import {
  AUTH_KEYS,
  authSettingsOf,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { FrameChannel } from '@hearth/common/runtime/auth/spark/frame-channel.ts'
import { seededRandom } from '@hearth/common/runtime/auth/spark/seeded-random.test-support.ts'
import { SparkAcceptor } from '@hearth/common/runtime/auth/spark/spark-acceptor.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'

interface Recording {
  readonly secret: string
  readonly seed: number
  readonly requests: readonly number[]
  readonly conversations: readonly {
    readonly settings: Readonly<Record<string, string>>
    readonly bytes: string
  }[]
}

export interface RecordedClient {
  readonly auth: AuthSettings
  readonly bytes: Uint8Array
  /** False when only the proof protects it, or AES-CTR, which lets changes pass. */
  readonly hasIntegrity: boolean
}

export interface RecordedClients {
  readonly clients: readonly RecordedClient[]
  /** Bodies of the requests that each client sent once it was authenticated. */
  readonly sent: readonly Uint8Array[]
  /** The acceptor took its random bytes from here. */
  readonly seed: number
}

export function recordedClients(): RecordedClients {
  const file = new URL('../../fixtures/spark/authentication.json', import.meta.url)
  const { secret, seed, requests, conversations } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Recording
  const clients = conversations.map(({ settings, bytes }) => {
    const auth = authSettingsOf(readConfig(AUTH_KEYS, new Map(Object.entries(settings))), secret)
    const isGcm = auth.isCryptoEnabled && auth.cipher === 'AES/GCM/NoPadding'
    const hasIntegrity = isGcm || auth.encryptsSasl
    return { auth, bytes: new Uint8Array(Buffer.from(bytes, 'base64')), hasIntegrity }
  })
  // As test/support/java/SparkPeer.java fills its requests.
  const sent = requests.map((size) =>
    Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff),
  )
  return { clients, sent, seed }
}

/** The accepting end of a connection, without the connection. */
export function acceptingChannel(
  auth: AuthSettings,
  { seed, maxFrameBytes }: { readonly seed: number; readonly maxFrameBytes: number },
): FrameChannel {
  const handshake = new SparkAcceptor({ auth, random: seededRandom(seed), maxFrameBytes })
  return new FrameChannel({ maxFrameBytes, handshake, write: () => undefined })
}
