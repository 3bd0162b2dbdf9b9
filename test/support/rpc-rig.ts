import { afterEach, beforeEach, expect } from 'vitest'
import {
  listenRpc,
  type ListenRpcOptions,
  type RpcServer,
} from '@hearth/common/runtime/rpc/listen.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from '@hearth/common/runtime/rpc/limits.ts'

import type { SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { captureLog, type LogRecord } from './captured-log.ts'
import { RawPeer } from './raw-peer.ts'

type RigOptions = Partial<Omit<ListenRpcOptions, 'limits'>> & {
  readonly limits?: Partial<RpcLimits>
}

/** Servers and peers of one test; ends them all afterwards and fails when a socket or timer is left. */
export class RpcRig {
  readonly #servers: RpcServer[] = []
  readonly #peers: RawPeer[] = []
  #captured = captureLog()
  #before: ReturnType<typeof countResources> = {}

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
      limits: { ...DEFAULT_RPC_LIMITS, ...limits },
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

  begin(): void {
    this.#captured = captureLog()
    this.#before = countResources()
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
    await expectNothingLeft(this.#before)
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

// A closed handle is counted until the turn after its close. The test runner's own timers come and go,
// so fewer than before are as good as equal. (No expect.poll: it has timers of its own.)
async function expectNothingLeft(before: Record<string, number>): Promise<void> {
  const left = (): string[] =>
    Object.entries(countResources()).flatMap(([name, count]) =>
      count > (before[name] ?? 0) ? [`${count} × ${name}, ${before[name] ?? 0} before`] : [],
    )
  for (let turns = 0; turns < 50 && left().length > 0; turns++) await new Promise(setImmediate)
  expect(left()).toEqual([])
}

function countResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) {
    if (/^(TCP|TLS|GetAddrInfo|Timeout)/.test(name)) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
