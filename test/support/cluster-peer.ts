// The dialling end of Hearth's cluster protocol as bytes, so that a test can bend each of them.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { CLUSTER_MAGIC, frameClusterDocument } from '@hearth/common/protocol/cluster/frame.ts'
import { DiallerHandshake } from '@hearth/common/runtime/auth/cluster-handshake.ts'
import type { SessionKeys } from '@hearth/common/runtime/auth/cluster-keys.ts'
import { FrameSealer } from '@hearth/common/runtime/auth/sealed-frames.ts'
import { RawPeer } from './raw-peer.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from './wait-until.ts'

export class ClusterPeer {
  readonly raw: RawPeer

  constructor(raw: RawPeer) {
    this.raw = raw
  }

  static async connect(address: HostPort): Promise<ClusterPeer> {
    const peer = new ClusterPeer(await RawPeer.connect(address))
    await peer.raw.write(CLUSTER_MAGIC)
    return peer
  }

  /** Frames whatever it is; bytes are sent as they are. */
  async send(message: unknown): Promise<void> {
    await this.raw.write(frame(message))
  }

  /** The documents received so far, sealed ones as bytes. */
  documents(): Buffer[] {
    const documents: Buffer[] = []
    let rest = this.raw.received
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      documents.push(rest.subarray(4, 4 + rest.readUInt32BE(0)))
      rest = rest.subarray(4 + rest.readUInt32BE(0))
    }
    return documents
  }

  /** The document with this number once it has come, as JSON. */
  async json(number: number): Promise<unknown> {
    const document = await waitUntil(
      `document ${number} of the acceptor`,
      () => this.documents()[number],
      { timeoutMs: ANSWER_TIMEOUT_MS },
    )
    return JSON.parse(document.toString('utf8')) as unknown
  }

  /** Proves the secret; returns what was sent for it, and the keys. */
  async prove(secret: string): Promise<{ sent: Buffer[]; keys: SessionKeys; sealer: FrameSealer }> {
    const handshake = new DiallerHandshake(secret)
    await this.send(handshake.hello)
    const { reply } = handshake.receive(await this.json(0))
    await this.send(reply)
    const { keys } = handshake.receive(await this.json(1))
    if (keys === undefined) throw new Error('the acceptor was not done')
    const sent = [frame(handshake.hello), frame(reply)]
    return { sent, keys, sealer: new FrameSealer(keys.send) }
  }
}

export function frame(message: unknown): Buffer {
  const document =
    message instanceof Uint8Array ? message : Buffer.from(JSON.stringify(message), 'utf8')
  return Buffer.concat(frameClusterDocument(document))
}
