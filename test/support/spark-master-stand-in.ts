// A master in Spark's own worker protocol that only says what a test tells it to: for real Spark workers.
import { formatMasterUrl, type HostPort } from '@hearth/common/domain/addresses.ts'
import {
  echoEndpointRef,
  type EndpointRef,
} from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { encodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import type { RegisterWorker } from '@hearth/common/protocol/spark-rpc/messages/from-worker/register-worker.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaLine } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { listenRpc, type RpcServer } from '@hearth/common/runtime/rpc/listen.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { waitUntil } from './wait-until.ts'

type MessageOf<Type extends SparkMessage['type']> = Extract<SparkMessage, { type: Type }>

// A JVM has to start, on a machine that may be busy.
const TIMEOUT_MS = 120_000

export class SparkMasterStandIn {
  readonly messages: SparkMessage[] = []
  #server: RpcServer | undefined
  #worker: { readonly connection: SparkConnection; readonly ref: EndpointRef } | undefined
  #line: ScalaLine = '2.13'

  static async start(): Promise<SparkMasterStandIn> {
    const master = new SparkMasterStandIn()
    master.#server = await listenRpc({
      host: '127.0.0.1',
      port: 0,
      log: createLog({ name: 'master', level: 'silent' }),
      onSpark: (connection) => ({
        onRequest: (requestId, body) => {
          master.#take(connection, body)
          connection.reply(requestId, encodeBooleanReply(true))
        },
        onOneWay: (body) => master.#take(connection, body),
        onClose: () => undefined,
      }),
    })
    return master
  }

  get address(): HostPort {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.address
  }

  get url(): string {
    return formatMasterUrl(this.address)
  }

  /** Answers a registration as a leading master does. */
  register({ worker, masterAddress }: RegisterWorker): void {
    this.say({
      type: 'RegisteredWorker',
      master: this.refFor(worker),
      masterWebUiUrl: 'http://127.0.0.1:1',
      masterAddress,
      duplicate: false,
    })
  }

  /** A reference to this master for a worker. */
  refFor(worker: EndpointRef): EndpointRef {
    return echoEndpointRef(worker, { name: 'Master', address: this.address })
  }

  /** To the worker that registered last, on the connection on which it did. */
  say(message: SparkMessage): void {
    if (this.#worker === undefined) throw new Error('no worker has registered')
    const { connection, ref } = this.#worker
    const content = encodeSparkMessage(message, this.#line)
    const receiver = ref.address
    connection.sendOneWay(
      encodeEnvelope({ sender: this.address, receiver, endpoint: 'Worker', content }),
    )
  }

  /** The first message of this type that has come or comes, and that `accept` likes. */
  next<Type extends SparkMessage['type']>(
    type: Type,
    accept: (message: MessageOf<Type>) => boolean = () => true,
  ): Promise<MessageOf<Type>> {
    return waitUntil(
      `${type} of a worker`,
      () =>
        this.messages.find(
          (message): message is MessageOf<Type> =>
            message.type === type && accept(message as MessageOf<Type>),
        ),
      {
        timeoutMs: TIMEOUT_MS,
        describe: () => this.messages.map((message) => message.type).join(', '),
      },
    )
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  #take(connection: SparkConnection, body: Uint8Array): void {
    const message = decodeSparkMessage(decodeEnvelope(body).content)
    if (message.type === 'RegisterWorker') {
      this.#worker = { connection, ref: message.worker }
      this.#line = message.line
    }
    this.messages.push(message)
  }
}
