import { afterEach, beforeEach, expect } from 'vitest'
import {
  listenRpc,
  type ListenRpcOptions,
  type RpcServer,
} from '@hearth/common/runtime/rpc/listen.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from '@hearth/common/runtime/rpc/limits.ts'

import type { SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { captureLog, type LogRecord } from './captured-log.ts'
import { OpenTimers } from './open-timers.ts'
import { RawPeer } from './raw-peer.ts'

type RigOptions = Partial<Omit<ListenRpcOptions, 'limits'>> & {
  readonly limits?: Partial<RpcLimits>
}

// What is closed is gone within some turns of the event loop; a leak stays.
const LEAVE_LIMIT_MS = 20_000
/** Nobody is let go for being slow, as a busy machine makes everybody, but where a test is about that. */
const PATIENT = { firstFrameTimeoutMs: 3_600_000 }

/** Servers and peers of one test; ends them all afterwards and fails when a socket or timer is left. */
export class RpcRig {
  readonly #servers: RpcServer[] = []
  readonly #peers: RawPeer[] = []
  #captured = captureLog()
  readonly #timers = new OpenTimers()
  #socketsBefore = 0

  get log() {
    return this.#captured.log
  }

  get records(): readonly LogRecord[] {
    return this.#captured.records
  }

  /** Messages of warnings and errors. */
  get complaints(): string[] {
    return this.records
      .filter(({ level }) => level === 'warn' || level === 'error')
      .map(({ msg }) => msg)
  }

  async listen({ limits, ...options }: RigOptions = {}): Promise<RpcServer> {
    const server = await listenRpc({
      host: '127.0.0.1',
      port: 0,
      log: this.log,
      limits: { ...DEFAULT_RPC_LIMITS, ...PATIENT, ...limits },
      onSpark: echo,
      ...options,
    })
    this.#servers.push(server)
    return server
  }

  async connect(server: RpcServer): Promise<RawPeer> {
    const peer = await RawPeer.connect(server.address)
    this.#peers.push(peer)
    return peer
  }

  async connectMany(server: RpcServer, count: number): Promise<RawPeer[]> {
    const peers = await RawPeer.connectMany(server.address, count)
    this.#peers.push(...peers)
    return peers
  }

  begin(): void {
    this.#captured = captureLog()
    this.#socketsBefore = countSockets()
    this.#timers.start()
  }

  async end(): Promise<void> {
    for (const peer of this.#peers.splice(0)) {
      peer.socket.destroy()
      await peer.closed
    }
    for (const server of this.#servers.splice(0)) {
      await server.stop()
      expect(server.connections).toBe(0)
      expect(server.bufferedBytes).toBe(0)
      expect(server.budgets.queued.total).toBe(0)
    }
    await this.#expectNothingLeft()
  }

  // The hooks learn of an ended timer, and the process of a closed socket, a turn later.
  async #expectNothingLeft(): Promise<void> {
    const isAnythingLeft = (): boolean =>
      this.#timers.places.length > 0 || countSockets() > this.#socketsBefore
    const deadline = performance.now() + LEAVE_LIMIT_MS
    while (isAnythingLeft() && performance.now() < deadline) await new Promise(setImmediate)
    this.#timers.stop()
    expect(this.#timers.places).toEqual([])
    expect(countSockets()).toBeLessThanOrEqual(this.#socketsBefore)
  }
}

/** Registers a rig for every test of the file. */
export function useRpcRig(): RpcRig {
  const rig = new RpcRig()
  beforeEach(() => rig.begin())
  afterEach(() => rig.end())
  return rig
}

/** Replies to each request with its own body. */
export const echo: NonNullable<ListenRpcOptions['onSpark']> = (connection): SparkHandlers => ({
  onRequest: (requestId, body) => {
    connection.reply(requestId, body)
  },
  onOneWay: () => undefined,
  onClose: () => undefined,
})

/** Takes every message and does nothing. */
export const hearthPeer: NonNullable<ListenRpcOptions['onCluster']> = () => ({
  onMessage: () => undefined,
  onClose: () => undefined,
})

function countSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCP|TLS)/.test(name)).length
}
