import { once } from 'node:events'
import net from 'node:net'
import { bareHost } from '@hearth/common/domain/addresses.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { FrameChannel } from '@hearth/common/runtime/auth/spark/frame-channel.ts'
import { systemRandom } from '@hearth/common/runtime/auth/spark/random-bytes.ts'
import { SparkAcceptor } from '@hearth/common/runtime/auth/spark/spark-acceptor.ts'
import { answerCheckExistence } from './check-existence.ts'

/** An executor's only message, a CheckExistence, has about 200 bytes. */
const MAX_FRAME_BYTES = 16 * 1024

/**
 * Whoever connects must have authenticated and sent a whole frame within this time; there is no idle limit
 * afterwards.
 */
const FIRST_FRAME_DEADLINE_MS = 30_000

/** How long a peer that is refused may take to read why. */
const CLOSE_GRACE_MS = 2_000

/** Far more than executors fit on a machine. */
const MAX_CONNECTIONS = 4096

const KEEP_ALIVE_MS = 30_000

/** Replies that may wait for a peer that does not read. */
const MAX_QUEUED_BYTES = 64 * 1024

export interface Holder {
  readonly port: number
  /** Closes the port and every connection: executors that watch them exit. */
  close(): Promise<void>
}

export interface HolderOptions {
  readonly host: string
  /** 0 for any. */
  readonly port: number
  /**
   * What whoever connects must prove, asked at every connection; undefined until a worker has said it:
   * before that there is no executor, and nobody is answered.
   */
  readonly auth: () => AuthSettings | null | undefined
  /** The port is lost. */
  readonly onBroken: (reason: string) => void
}

/**
 * The port that stands in every executor's `--worker-url`. An executor asks once whether `Worker` exists
 * and then watches the connection: it exits when that closes (`WorkerWatcher`, Spark 3.5 to 4.3), so an
 * accepted connection stays open as long as the launcher lives. The master dials it too, to learn
 * whether the launcher lives.
 */
export async function openHolder({ host, port, auth, onBroken }: HolderOptions): Promise<Holder> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const settings = auth()
    if (settings === undefined) socket.destroy()
    else hold(socket, settings)
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: bareHost(host), port }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', (error) => onBroken(error.message))
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { port: (server.address() as net.AddressInfo).port, close }
}

function hold(socket: net.Socket, auth: AuthSettings | null): void {
  const maxFrameBytes = MAX_FRAME_BYTES
  const channel = new FrameChannel({
    maxFrameBytes,
    handshake:
      auth === null ? null : new SparkAcceptor({ auth, random: systemRandom, maxFrameBytes }),
    write: (parts) => socket.write(Buffer.concat(parts)),
  })
  let deadline = setTimeout(() => socket.destroy(), FIRST_FRAME_DEADLINE_MS)
  let isRefused = false
  // Closing with unread input would reset the connection and could take the answer with it.
  const refuse = () => {
    isRefused = true
    clearTimeout(deadline)
    deadline = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS)
    socket.end()
  }
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.on('error', () => {})
  socket.on('close', () => clearTimeout(deadline))
  socket.on('data', (chunk: Buffer) => {
    if (isRefused) return
    try {
      for (const frame of channel.receive(chunk)) {
        clearTimeout(deadline)
        answer(socket, channel, frame)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      refuse()
    }
  })
}

// One-way messages get no answer, as in Spark; everything asked gets one, whatever it is.
function answer(socket: net.Socket, channel: FrameChannel, frame: Frame): void {
  if (frame.kind !== 'rpc-request') return
  if (socket.writableLength > MAX_QUEUED_BYTES) {
    socket.destroy()
    return
  }
  socket.write(Buffer.concat(channel.encode(replyTo(frame.requestId, frame.body))))
}

function replyTo(requestId: bigint, body: Uint8Array): Frame {
  try {
    const { endpoint, content } = decodeEnvelope(body)
    if (endpoint !== 'endpoint-verifier') {
      throw new ProtocolError(`Could not find ${endpoint.slice(0, 100)}.`)
    }
    return { kind: 'rpc-response', requestId, body: answerCheckExistence(content) }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { kind: 'rpc-failure', requestId, error: `${error.message} (a Hearth launcher)` }
  }
}
