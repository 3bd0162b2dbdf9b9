// The dialling end of Spark's authentication step by step, to break rules with.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { systemRandom } from '@hearth/common/runtime/auth/spark/random-bytes.ts'
import { SparkDialler } from '@hearth/common/runtime/auth/spark/spark-dialler.ts'
import type { Verdict } from '@hearth/common/runtime/auth/spark/spark-handshake.ts'
import type { StreamProtection } from '@hearth/common/runtime/auth/spark/stream-protection.ts'
import { RawPeer } from './raw-peer.ts'

export class AuthPeer {
  readonly raw: RawPeer
  /** What it has sent of the authentication, as frames. */
  readonly sent: Frame[] = []
  readonly #dialler: SparkDialler
  #answers = 0
  #verdict: Verdict = { kind: 'pending' }

  private constructor(raw: RawPeer, auth: AuthSettings) {
    this.raw = raw
    this.#dialler = new SparkDialler({ auth, random: systemRandom, maxFrameBytes: 1 << 20 })
  }

  static async connect(address: HostPort, auth: AuthSettings): Promise<AuthPeer> {
    return new AuthPeer(await RawPeer.connect(address), auth)
  }

  /** Authenticated, or as far as the other side let it come. */
  static async authenticated(address: HostPort, auth: AuthSettings): Promise<AuthPeer> {
    const peer = await AuthPeer.connect(address, auth)
    await peer.begin()
    while (peer.verdict.kind === 'pending') await peer.goOn()
    return peer
  }

  get verdict(): Verdict {
    return this.#verdict
  }

  async begin(): Promise<void> {
    await this.#send(this.#dialler.begin())
  }

  /** Waits for the next answer, and says what follows from it. */
  async goOn(): Promise<void> {
    this.#answers += 1
    const frame = (await this.raw.frames(this.#answers))[this.#answers - 1]
    if (frame === undefined) throw new Error('no answer')
    const step = this.#dialler.take(frame)
    this.#verdict = step.verdict
    await this.#send(step.frames)
  }

  /** What was agreed on; throws when nothing was, or nothing protects the connection. */
  get protection(): StreamProtection {
    const verdict = this.#verdict
    if (verdict.kind !== 'authenticated' || verdict.protection === null) {
      throw new Error(`not protected: ${verdict.kind}`)
    }
    return verdict.protection
  }

  /** The bytes of a frame as they go over the wire. */
  sealed(frame: Frame): Buffer {
    return Buffer.concat(this.protection.seal(encodeFrame(frame)))
  }

  async #send(frames: readonly Frame[]): Promise<void> {
    this.sent.push(...frames)
    if (frames.length > 0) await this.raw.send(...frames)
  }
}
