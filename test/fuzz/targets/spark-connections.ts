import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { parseApplicationId, parseDriverId } from '@hearth/common/domain/ids.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { seededRandom } from '@hearth/common/runtime/auth/spark/seeded-random.test-support.ts'
import { SparkAcceptor } from '@hearth/common/runtime/auth/spark/spark-acceptor.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { SparkDoor } from '@hearth/master/doors/spark/spark-door.ts'
import type { DriverView } from '@hearth/master/core/drivers/views.ts'
import type { MasterEvent } from '@hearth/master/core/events.ts'
import { recordedClients } from '../corpus/authentications.ts'
import {
  dialledStreams,
  distinct,
  messageSamples,
  recordedFrames,
} from '../corpus/spark-recordings.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { ErrorLog } from '../engine/error-log.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { mutateJava, type JavaSample } from '../engine/mutate-java.ts'
import { demand, demandWholeNumbers } from '../engine/oracle.ts'
import type { FuzzTarget, Note, Outcome } from '../engine/target.ts'

const SELF = { host: '127.0.0.1', port: 7077 }
const APPLICATION = parseApplicationId('app-20260101000000-0000')
const DRIVER_ID = parseDriverId('driver-20260101000000-0000')
const DRIVER: DriverView = {
  ...{ id: 'driver-20260101000000-0000', name: 'd', mainClass: 'M', user: 'u', state: 'error' },
  ...{ supervise: true, resources: { cores: 1, memoryMb: 512 }, addresses: {} },
  ...{ workerId: 'worker-1', workerHostPort: 'w1:7078', workerWebUiUrl: 'http://w1:8081' },
  ...{ submittedAt: 0, endedAt: 1, exitCode: null, message: 'no jar', hint: null, runs: 1 },
  ...{ relaunchOf: null, relaunchedAs: null, wait: null },
}
const LIMITS = { ...DEFAULT_RPC_LIMITS, maxFrameBytes: 1 << 20 }

/** A master's Spark door that answers every event as a master that accepts everything would. */
class AcceptingMaster {
  readonly #errors = new ErrorLog()
  readonly #door: SparkDoor
  readonly #budgets = openBudgets(LIMITS)
  #events: MasterEvent[] = []

  constructor() {
    this.#door = new SparkDoor({
      self: () => SELF,
      webUiUrl: () => 'http://master:8080',
      push: (event) => this.#onEvent(event),
      log: this.#errors.log,
      viewDriver: (id) => (id.length % 2 === 0 ? DRIVER : undefined),
      maxPayloadBytes: 1 << 20,
      dialling: () => ({ limits: LIMITS, budgets: this.#budgets, auth: null }),
    })
  }

  /** One connection from its first byte to its end. */
  async hear(
    random: RandomState,
    bytes: Uint8Array,
    auth: { readonly settings: AuthSettings; readonly seed: number } | null,
  ): Promise<Outcome> {
    this.#events = []
    const socket = new FakeSocket()
    let closes = 0
    const connection = new SparkConnection(socket.asSocket, {
      remote: { host: '10.0.0.2', port: 40_000 },
      limits: LIMITS,
      budgets: this.#budgets,
      log: this.#errors.log,
      attach: (accepted) => {
        const handlers = this.#door.accept(accepted)
        return {
          ...handlers,
          onClose: (reason) => {
            closes += 1
            handlers.onClose(reason)
          },
        }
      },
      ...(auth !== null && {
        authentication: {
          handshake: new SparkAcceptor({
            auth: auth.settings,
            random: seededRandom(auth.seed),
            maxFrameBytes: LIMITS.maxFrameBytes,
          }),
          onFailed: () => void (closes += 1),
        },
      }),
    })
    for (const chunk of cut(random, bytes)) socket.say(chunk)
    const outcome = connection.isOpen ? 'taken' : 'refused'
    const limit = this.#budgets.unfinished.total <= LIMITS.maxFrameBytes
    await socket.vanish()
    demand(limit, 'more is held than one frame may be long')
    demand(this.#budgets.unfinished.total === 0, 'a closed connection still holds bytes')
    demand(closes <= 1, `the end of the connection was told ${closes} times`)
    this.#errors.check()
    demandWholeNumbers(this.#events, 'events')
    return outcome
  }

  #onEvent(event: MasterEvent): void {
    this.#events.push(event)
    if (event.type === 'application.register-requested' && APPLICATION !== undefined) {
      this.#door.send(event.peer, { type: 'application-registered', applicationId: APPLICATION })
      this.#door.ask(event.peer)
    }
    if (event.type === 'driver.submit-requested' && DRIVER_ID !== undefined) {
      this.#door.reply(event.request, { type: 'driver-submitted', driverId: DRIVER_ID })
    } else if ('request' in event) this.#door.reply(event.request, { type: 'accepted' })
  }
}

export const sparkConnections: FuzzTarget = {
  name: 'spark-connections',
  about: 'whole connections of drivers and workers to a master without a secret, door included',
  share: 0.5,
  open() {
    const master = new AcceptingMaster()
    const streams = dialledStreams()
    const samples = messageSamples()
    const frames = distinct(recordedFrames()).filter(({ envelope }) => envelope !== null)
    return (random, note) => {
      const bytes = chance(random, 0.4)
        ? mutateBytes(pick(random, streams), random, streams)
        : conversation(random, samples, pick(random, frames).bytes)
      note(bytes)
      return master.hear(random, bytes, null)
    }
  },
}

// Well-formed frames around mutated messages, after a recorded frame that makes the peer known.
function conversation(
  random: RandomState,
  samples: readonly JavaSample[],
  first: Uint8Array,
): Uint8Array {
  const frames = Array.from({ length: 1 + drawInteger(random, 3) }, (_, at): Frame => {
    const endpoint = chance(random, 0.9) ? 'Master' : pick(random, ['endpoint-verifier', 'x', ''])
    const sender = chance(random, 0.8) ? { host: '10.0.0.2', port: 4040 } : null
    const content = mutateJava(random, samples)
    const body = encodeEnvelope({ sender, receiver: sender && SELF, endpoint, content })
    return chance(random, 0.5)
      ? { kind: 'one-way', body }
      : { kind: 'rpc-request', requestId: BigInt(chance(random, 0.9) ? at : 0), body }
  })
  return join(first, ...frames.flatMap((frame) => encodeFrame(frame)))
}

export const lockedSparkConnections: FuzzTarget = {
  name: 'locked-spark-connections',
  about:
    'whole connections to a master with a secret, by peers that have it and by peers that have not',
  share: 0.5,
  open() {
    const master = new AcceptingMaster()
    const { clients, seed } = recordedClients()
    const streams = dialledStreams()
    const corpus = [...clients.map(({ bytes }) => bytes), ...streams]
    return (random, note: Note) => {
      const { auth, bytes } = pick(random, clients)
      const knows = chance(random, 0.7)
      const said = mutateBytes(chance(random, 0.8) ? bytes : pick(random, streams), random, corpus)
      note(said)
      const settings = knows ? auth : { ...auth, secret: 'another' }
      return master.hear(random, said, { settings, seed })
    }
  },
}
