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
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'

/** 4.3.0: its classes are those of 4.1.4, in which the table describes them, but for this one. */
export const SPARK_4_3_0: ScalaProfile = {
  line: '2.13',
  uidOverrides: new Map([
    ['org.apache.spark.resource.ResourceProfile', -1_872_747_411_836_192_885n],
  ]),
}

const ASK_TIMEOUT_MS = 120_000
const LOG = createLog({ name: 'hollow', level: 'silent' })
// Thousands of peers of one process count as one.
const BUDGETS = openBudgets(DEFAULT_RPC_LIMITS)

export interface SparkPeerOptions {
  readonly master: HostPort
  /** Where it says that it listens; nobody does. Every peer of a master needs its own. */
  readonly address: HostPort
  readonly onMessage: (message: SparkMessage) => void
  readonly onClose?: (reason: string) => void
}

export class SparkPeer {
  readonly classes: ClassTable = classTableOf(SPARK_4_3_0)
  readonly address: HostPort
  readonly #master: HostPort
  readonly #connection: SparkConnection

  private constructor({ master, address }: SparkPeerOptions, connection: SparkConnection) {
    this.address = address
    this.#master = master
    this.#connection = connection
  }

  /** Connects and asks for the endpoint `Master`, as everybody does first. */
  static async connect(options: SparkPeerOptions): Promise<SparkPeer> {
    const connection = await dialSpark(options.master, {
      log: LOG,
      budgets: BUDGETS,
      onOpen: (opened) => ({
        // A master asks only whether somebody is there.
        onRequest: (requestId) => void opened.reply(requestId, encodeBooleanReply(true)),
        onOneWay: (body) => options.onMessage(decodeSparkMessage(decodeEnvelope(body).content)),
        onClose: (reason) => options.onClose?.(reason),
      }),
    })
    const peer = new SparkPeer(options, connection)
    const { line } = SPARK_4_3_0
    await peer.#ask('endpoint-verifier', { type: 'CheckExistence', name: 'Master', line })
    return peer
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
    const content = encodeSparkMessage(message, SPARK_4_3_0)
    return encodeEnvelope({ sender: this.address, receiver: this.#master, endpoint, content })
  }
}
