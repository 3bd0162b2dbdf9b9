// A driver without a SparkContext: it speaks the wire of a recorded release and does what a test says.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { echoEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { describeApplication } from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import type { SparkApplicationDescription } from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import { encodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import type { RegisterApplication } from '@hearth/common/protocol/spark-rpc/messages/from-driver/register-application.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { systemRandom } from '@hearth/common/runtime/auth/spark/random-bytes.ts'
import { SparkDialler } from '@hearth/common/runtime/auth/spark/spark-dialler.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import type { Release } from '../fixtures/spark/recordings.ts'
import { recordedMessage } from './recorded-messages.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from './wait-until.ts'

export interface ScriptedDriverOptions {
  /** The recorded release whose words it uses; 4.3.0 unless told otherwise. */
  readonly release?: Release
  /** False for a driver that never answers whether it lives. */
  readonly answersQuestions?: boolean
  readonly onMessage?: (message: SparkMessage) => void
  /** What it proves first; nothing unless told otherwise. */
  readonly auth?: AuthSettings | null
}

export type DescriptionChanges = Partial<Omit<SparkApplicationDescription, 'graph'>>

export class ScriptedDriver {
  /** Where it says that it listens, and does, so that a dial finds somebody or nobody. */
  readonly address: HostPort
  readonly messages: SparkMessage[]
  readonly connection: SparkConnection
  /** To stop reading from. */
  readonly socket: Socket
  readonly #server: Server
  readonly #recorded: RegisterApplication
  readonly #master: HostPort

  private constructor(parts: {
    server: Server
    socket: Socket
    master: HostPort
    connection: SparkConnection
    recorded: RegisterApplication
    messages: SparkMessage[]
  }) {
    const bound = parts.server.address()
    this.address = {
      host: '127.0.0.1',
      port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    }
    this.#server = parts.server
    this.socket = parts.socket
    this.#master = parts.master
    this.connection = parts.connection
    this.#recorded = parts.recorded
    this.messages = parts.messages
  }

  /** Connects and asks for the master, as every driver does first. */
  static async connect(
    master: HostPort,
    options: ScriptedDriverOptions = {},
  ): Promise<ScriptedDriver> {
    const { release = '4.3.0', answersQuestions = true, onMessage, auth = null } = options
    const recorded = recordedMessage(release, 'client-mode', 'RegisterApplication')
    const server = createServer((socket) => socket.on('error', () => socket.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const messages: SparkMessage[] = []
    const socket = connect({ ...master, noDelay: true })
    await once(socket, 'connect')
    const proof = auth === null ? undefined : proofOf(auth)
    const connection = new SparkConnection(socket, {
      ...(proof !== undefined && { authentication: proof.authentication }),
      remote: master,
      limits: DEFAULT_RPC_LIMITS,
      budgets: openBudgets(DEFAULT_RPC_LIMITS),
      log: createLog({ name: 'driver', level: 'silent' }),
      attach: (opened) => ({
        onRequest: (requestId) => {
          if (answersQuestions) opened.reply(requestId, encodeBooleanReply(true))
        },
        onOneWay: (body) => {
          const message = decodeSparkMessage(decodeEnvelope(body).content)
          messages.push(message)
          onMessage?.(message)
        },
        onClose: () => undefined,
      }),
    })
    connection.open()
    if (proof !== undefined) {
      connection.authenticate()
      await proof.given
    }
    const driver = new ScriptedDriver({ server, socket, master, connection, recorded, messages })
    const { line } = recorded
    await driver.ask('endpoint-verifier', { type: 'CheckExistence', name: 'Master', line })
    return driver
  }

  /** Sends RegisterApplication with the recorded description, changed as told. */
  register(changes: DescriptionChanges = {}, address: HostPort = this.address): void {
    const classes = classTableOf(this.#recorded.line)
    const driver = echoEndpointRef(this.#recorded.driver, {
      name: 'AppClient',
      address,
    })
    const description =
      Object.keys(changes).length === 0
        ? this.#recorded.description
        : describeApplication(classes, { ...this.#recorded.description, ...changes })
    this.say({ ...this.#recorded, description, driver })
  }

  /** Registers and resolves with the application's id. */
  async registered(changes: DescriptionChanges = {}): Promise<string> {
    this.register(changes)
    return (await this.next('RegisteredApplication')).appId
  }

  /** A one-way message to the master. */
  say(message: SparkMessage): void {
    this.connection.sendOneWay(
      this.#wrap('Master', encodeSparkMessage(message, this.#recorded.line)),
    )
  }

  /** Any content to the master. */
  sayBytes(content: Uint8Array): void {
    this.connection.sendOneWay(this.#wrap('Master', content))
  }

  ask(endpoint: string, message: SparkMessage): Promise<Uint8Array> {
    return this.askBytes(endpoint, encodeSparkMessage(message, this.#recorded.line))
  }

  askBytes(endpoint: string, content: Uint8Array): Promise<Uint8Array> {
    return this.connection.ask(this.#wrap(endpoint, content), ANSWER_TIMEOUT_MS)
  }

  #wrap(endpoint: string, content: Uint8Array): Uint8Array {
    return encodeEnvelope({ sender: this.address, receiver: this.#master, endpoint, content })
  }

  /** The first message of this type that has come or comes, and that `accept` likes. */
  next<Type extends SparkMessage['type']>(
    type: Type,
    accept: (message: Extract<SparkMessage, { type: Type }>) => boolean = () => true,
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<Extract<SparkMessage, { type: Type }>> {
    const isWanted = (message: SparkMessage): message is Extract<SparkMessage, { type: Type }> =>
      message.type === type && accept(message as Extract<SparkMessage, { type: Type }>)
    return waitUntil(`${type} from the master`, () => this.messages.find(isWanted), {
      timeoutMs,
      describe: () =>
        JSON.stringify(this.messages.slice(-3), (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        ).slice(0, 1000),
    })
  }

  /** Closes the connection and its own port. */
  close(): void {
    this.#server.close()
    this.connection.close('the test ends')
  }
}

function proofOf(auth: AuthSettings) {
  const { maxFrameBytes } = DEFAULT_RPC_LIMITS
  const handshake = new SparkDialler({ auth, random: systemRandom, maxFrameBytes })
  let onAuthenticated = (): void => undefined
  let onFailed: (reason: string) => void = () => undefined
  const given = new Promise<void>((resolve, reject) => {
    onAuthenticated = resolve
    onFailed = (reason) => reject(new Error(`not authenticated: ${reason}`))
  })
  return { given, authentication: { handshake, onAuthenticated, onFailed } }
}
