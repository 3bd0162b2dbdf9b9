// What hollow drivers and hollow workers have in common: a connection to a master, Hearth's or Spark's,
// on which they speak the wire of a real Spark without being one.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { classTableOf, type ClassTable } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import {
  decodeBooleanReply,
  encodeBooleanReply,
} from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaProfile } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { dialSpark } from '@hearth/common/runtime/rpc/dial.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import type { SparkVersion } from '../../test/support/spark-distributions.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'

/** Which release to speak as: the table of classes describes 3.5.9 and 4.1.4, and 4.3.0 but for one. */
export const SPEAKING_AS: Readonly<Record<SparkVersion, ScalaProfile>> = {
  '3.5.9': { line: '2.12' },
  '4.1.4': { line: '2.13' },
  '4.3.0': {
    line: '2.13',
    uidOverrides: new Map([
      ['org.apache.spark.resource.ResourceProfile', -1_872_747_411_836_192_885n],
    ]),
  },
}
const LATEST: SparkVersion = '4.3.0'

const ASK_TIMEOUT_MS = 120_000
const LOG = createLog({ name: 'hollow', level: 'silent' })
// Thousands of peers of one process count as one, and may take long to get through to a master in the same process.
const LIMITS = { ...DEFAULT_RPC_LIMITS, connectTimeoutMs: ASK_TIMEOUT_MS }
const BUDGETS = openBudgets(LIMITS)

export interface SparkPeerOptions {
  readonly master: HostPort
  /** Where it says that it listens; nobody does. Every peer of a master needs its own. */
  readonly address: HostPort
  /** The release that it speaks as; 4.3.0 unless told otherwise. */
  readonly version?: SparkVersion
  readonly onMessage: (message: SparkMessage) => void
  readonly onClose?: (reason: string) => void
}

export class SparkPeer {
  readonly profile: ScalaProfile
  readonly address: HostPort
  readonly #master: HostPort
  readonly #connection: SparkConnection

  private constructor(
    { master, address, version = LATEST }: SparkPeerOptions,
    connection: SparkConnection,
  ) {
    this.profile = SPEAKING_AS[version]
    this.address = address
    this.#master = master
    this.#connection = connection
  }

  /** Connects and asks for the endpoint `Master`, as everybody does first. */
  static async connect(options: SparkPeerOptions): Promise<SparkPeer> {
    const connection = await dialSpark(options.master, {
      log: LOG,
      limits: LIMITS,
      budgets: BUDGETS,
      onOpen: (opened) => ({
        // A master asks only whether somebody is there.
        onRequest: (requestId) => void opened.reply(requestId, encodeBooleanReply(true)),
        onOneWay: (body) => options.onMessage(decodeSparkMessage(decodeEnvelope(body).content)),
        onClose: (reason) => options.onClose?.(reason),
      }),
    })
    const peer = new SparkPeer(options, connection)
    const { line } = peer.profile
    await peer.#ask('endpoint-verifier', { type: 'CheckExistence', name: 'Master', line })
    return peer
  }

  /** Its classes, for what it describes itself. */
  get classes(): ClassTable {
    return classTableOf(this.profile)
  }

  /** A one-way message to the master. */
  say(message: SparkMessage): void {
    this.#connection.sendOneWay(this.#wrap('Master', message))
  }

  /** Asks the master and resolves with its answer. */
  ask(message: SparkMessage): Promise<boolean> {
    return this.#ask('Master', message)
  }

  close(): void {
    this.#connection.close('a hollow peer ends')
  }

  async #ask(endpoint: string, message: SparkMessage): Promise<boolean> {
    return decodeBooleanReply(
      await this.#connection.ask(this.#wrap(endpoint, message), ASK_TIMEOUT_MS),
    )
  }

  #wrap(endpoint: string, message: SparkMessage): Uint8Array {
    const content = encodeSparkMessage(message, this.profile)
    return encodeEnvelope({ sender: this.address, receiver: this.#master, endpoint, content })
  }
}
