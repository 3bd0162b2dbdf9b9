// Reading what a driver says, also one of a release that nobody has met.
import { formatMasterUrl } from '@hearth/common/domain/addresses.ts'
import { encodeEnvelope, type Envelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import type { RegisterWorker } from '@hearth/common/protocol/spark-rpc/messages/from-worker/register-worker.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  UnknownClassVersionError,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaLine } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import type { SparkPeer } from './peer.ts'

/** No name of a host is longer. */
const MAX_HOST_LENGTH = 255

/** Releases to come are compiled by this line or a later one. */
const NEWEST_LINE: ScalaLine = '2.13'

/** What every driver calls the endpoint that speaks with masters (StandaloneAppClient, 3.5–4.3). */
const DRIVER_ENDPOINT = 'AppClient'

/** The same of a worker (Worker, 3.5–4.3). */
const WORKER_ENDPOINT = 'Worker'

/**
 * The message, whose class may have another version than any known release gave it: its fields are read
 * by name, so that is no reason to refuse it. Throws ProtocolError for what cannot be read.
 */
export function decodeFrom(peer: SparkPeer, content: Uint8Array): SparkMessage {
  const message = decodeWithOverrides(peer, content)
  if (message.type === 'CheckExistence') peer.line = message.line
  return message
}

function decodeWithOverrides(peer: SparkPeer, content: Uint8Array): SparkMessage {
  const options = peer.ownVersions === undefined ? {} : { profile: peer.ownVersions }
  try {
    return decodeSparkMessage(content, options)
  } catch (error) {
    if (!(error instanceof UnknownClassVersionError)) throw error
    const uidOverrides = new Map(peer.ownVersions?.uidOverrides)
    uidOverrides.set(error.className, error.uid)
    peer.ownVersions = { line: peer.line ?? NEWEST_LINE, uidOverrides }
    return decodeSparkMessage(content, { profile: peer.ownVersions })
  }
}

/**
 * Tells a driver that its registration is refused, in the way in which applications end: the message
 * has no answer, and without a word the driver would wait for a minute and then blame the network.
 */
export function refuseRegistration(peer: SparkPeer, envelope: Envelope, reason: string): void {
  const isRegistered = peer.contact !== undefined
  if (isRegistered || peer.line === undefined) return
  const message = `this master cannot take the registration: ${reason}`
  const content = encodeSparkMessage({ type: 'ApplicationRemoved', message }, peer.line)
  const { dialledAs: sender } = peer
  const address = { sender, receiver: envelope.sender, endpoint: DRIVER_ENDPOINT }
  peer.connection.sendOneWay(encodeEnvelope({ ...address, content }))
}

/**
 * Tells a worker daemon of Spark's that it is refused, and returns the reason. It exits and prints it;
 * without a word it would ask for a quarter of an hour.
 */
export function refuseSparkWorker(
  peer: SparkPeer,
  envelope: Envelope,
  { line, masterAddress }: RegisterWorker,
): string {
  const host = masterAddress.host.slice(0, MAX_HOST_LENGTH)
  const message = `this is a Hearth master, and runs executors on Hearth's own workers; start one with: hearth worker ${formatMasterUrl({ host, port: masterAddress.port })}`
  const content = encodeSparkMessage({ type: 'RegisterWorkerFailed', message }, line)
  const { dialledAs: sender } = peer
  const address = { sender, receiver: envelope.sender, endpoint: WORKER_ENDPOINT }
  peer.connection.sendOneWay(encodeEnvelope({ ...address, content }))
  return message
}
