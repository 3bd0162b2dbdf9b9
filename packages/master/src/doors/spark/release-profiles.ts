// How to write for a driver of a release that nobody has met: its messages may have been compiled to
// other class versions, and a wrong one is only an error line in the driver's log. So it is asked, once
// per release; a driver names its own version in its refusal of a wrong one.
import { encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { releaseMarkOf } from '@hearth/common/protocol/spark-rpc/known-releases.ts'
import { deployMessage } from '@hearth/common/protocol/spark-rpc/messages/message-codec.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaTarget } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import {
  encodeUidProbe,
  parseUidProbeFailure,
} from '@hearth/common/protocol/spark-rpc/uid-probe.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { DriverContact, SparkPeer } from './peer.ts'

/** What a master says to a driver. */
const OUTGOING_CLASSES: readonly string[] = [
  'RegisteredApplication',
  'ExecutorAdded',
  'ExecutorUpdated',
  'ApplicationRemoved',
  'WorkerRemoved',
  'MasterChanged',
].map(deployMessage)

/** How long the answer about one class may take; without it the known version is used. */
export const VERSION_QUESTION_TIMEOUT_MS = 5_000
/** Releases are few; a peer that invents one per connection must not fill the memory. */
const MAX_LEARNT = 100

/** Where a peer is asked. */
type VersionContact = Pick<DriverContact, 'address' | 'endpoint' | 'dialledAs'>

export class ReleaseProfiles {
  readonly #learnt = new Map<bigint, ScalaTarget>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** The profile for this driver, or undefined when it has to be asked with {@link learn}. */
  find(message: Extract<SparkMessage, { type: 'RegisterApplication' }>): ScalaTarget | undefined {
    const mark = releaseMarkOf(message.description)
    if (mark === undefined || mark.release !== undefined) return message.line
    return this.#learnt.get(mark.fingerprint)
  }

  /** Asks the driver for the versions of the classes that it will be sent. Never rejects. */
  async learn(
    peer: SparkPeer,
    contact: DriverContact,
    message: Extract<SparkMessage, { type: 'RegisterApplication' }>,
  ): Promise<ScalaTarget> {
    const { versions: uidOverrides, told } = await askVersions(peer, contact, OUTGOING_CLASSES)
    const profile = { line: message.line, uidOverrides }
    const mark = releaseMarkOf(message.description)
    if (mark !== undefined && this.#learnt.size < MAX_LEARNT) {
      this.#learnt.set(mark.fingerprint, profile)
    }
    this.#log.info(
      `driver at ${contact.client} is of a Spark release that this master does not know; it told ${told} of ${OUTGOING_CLASSES.length} class versions`,
    )
    return profile
  }
}

/**
 * Asks a peer, at its own endpoint, for the versions of classes that it will be sent. With its answers come the
 * versions of what it has sent itself. Never rejects.
 */
export async function askVersions(
  peer: SparkPeer,
  contact: VersionContact,
  classNames: readonly string[],
): Promise<{ readonly versions: ReadonlyMap<string, bigint>; readonly told: number }> {
  const answers = await Promise.all(
    classNames.map(async (name) => [name, await askVersion(peer, contact, name)] as const),
  )
  const versions = new Map(peer.ownVersions?.uidOverrides)
  let told = 0
  for (const [name, uid] of answers) {
    if (uid === undefined) continue
    versions.set(name, uid)
    told += 1
  }
  return { versions, told }
}

async function askVersion(
  peer: SparkPeer,
  contact: VersionContact,
  className: string,
): Promise<bigint | undefined> {
  const question = encodeEnvelope({
    sender: contact.dialledAs,
    receiver: contact.address,
    endpoint: contact.endpoint,
    content: encodeUidProbe(className),
  })
  try {
    await peer.connection.ask(question, VERSION_QUESTION_TIMEOUT_MS)
  } catch (error) {
    // The refusal is the answer.
    if (error instanceof Error) return parseUidProbeFailure(error.message, className)
  }
  return undefined
}
