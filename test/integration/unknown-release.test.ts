// A driver of a release that is not known: its classes have other versions (serialVersionUID) than those
// of any release. The master reads it all the same, and asks it how it wants to be written to; real
// drivers answer such a question with the refusal that is played here (seen on 3.5.9 and 4.3.0).
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { encodeFrame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConversation } from '../fixtures/spark/recordings.ts'
import { MasterRig } from '../support/master-rig.ts'
import { RawPeer } from '../support/raw-peer.ts'
import { waitUntil } from '../support/wait-until.ts'

const PREFIX = 'org.apache.spark.deploy.DeployMessages$'
const CHANGE = 1_000n
const ASKED = [
  'RegisteredApplication',
  'ExecutorAdded',
  'ExecutorUpdated',
  'ApplicationRemoved',
  'WorkerRemoved',
  'MasterChanged',
].map((name) => PREFIX + name)

let rig: MasterRig

beforeEach(async () => {
  rig = await MasterRig.start()
})

afterEach(() => rig.stop())

function uidBytes(uid: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(uid)
  return bytes
}

// The recorded bytes of 4.3.0 with the version of this class changed by CHANGE.
function withOtherVersion(bytes: Uint8Array, uid: bigint): Buffer {
  const changed = Buffer.from(bytes)
  const at = changed.indexOf(uidBytes(uid))
  if (at < 0) throw new Error(`no class of version ${uid} in the recording`)
  uidBytes(uid + CHANGE).copy(changed, at)
  return changed
}

test('it registers, and hears everything in its own versions', async () => {
  const table = classTableOf('2.13')
  const uidOf = (name: string): bigint => {
    const uid = table.uidOf(name)
    if (uid === undefined) throw new Error(`${name} is not in the table`)
    return uid
  }
  const [check, , register] = readConversation('4.3.0', 'client-mode').map((frame) => frame.bytes)
  const peer = await RawPeer.connect(rig.master.address)
  await peer.write(check ?? '')
  await peer.frames(1)
  const resourceProfile = -1_872_747_411_836_192_885n
  const registration = withOtherVersion(register ?? new Uint8Array(), resourceProfile)
  await peer.write(withOtherVersion(registration, uidOf(`${PREFIX}RegisterApplication`)))

  const questions = await peer.frames(1 + ASKED.length)
  for (const frame of questions) {
    if (frame.kind !== 'rpc-request') continue
    const text = Buffer.from(decodeEnvelope(frame.body).content).toString('latin1')
    const name = ASKED.find((one) => text.includes(one)) ?? 'nothing'
    const error = `java.io.InvalidClassException: ${name}; local class incompatible: stream classdesc serialVersionUID = 0, local class serialVersionUID = ${uidOf(name) + CHANGE}`
    await peer.write(
      Buffer.concat(encodeFrame({ kind: 'rpc-failure', requestId: frame.requestId, error })),
    )
  }
  const updated = await waitUntil('the first executor to run', async () => {
    const frames = await peer.frames(1 + ASKED.length + 1)
    return frames.find(
      (frame) =>
        frame.kind === 'one-way' && Buffer.from(frame.body).includes(`${PREFIX}ExecutorUpdated`),
    )
  })
  if (updated.kind !== 'one-way') throw new Error(updated.kind)
  const version = uidBytes(uidOf(`${PREFIX}ExecutorUpdated`) + CHANGE)
  expect(Buffer.from(updated.body).includes(version)).toBe(true)
  peer.socket.destroy()
})
