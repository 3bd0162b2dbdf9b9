import type { ConfigTable } from '../config/table.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** What a peer may cost. Every daemon's configuration table includes these keys. */
export const RPC_KEYS = {
  maxFrameBytes: {
    key: 'hearth.rpc.maxFrameBytes',
    kind: 'bytes',
    default: 64 * MIB,
    min: 64 * KIB,
    max: 1024 * MIB,
    doc: 'Longest Spark frame accepted from one peer, and so the most that one unfinished frame can hold; a connection that declares more is closed. Spark peers send kilobytes.',
  },
  maxMessageBytes: {
    key: 'hearth.rpc.maxMessageBytes',
    kind: 'bytes',
    default: 16 * MIB,
    min: 64 * KIB,
    max: 1024 * MIB,
    doc: 'Longest message between Hearth master and worker. The longest are a registration that reports many executors and a launch with a long command.',
  },
  maxUnfinishedBytes: {
    key: 'hearth.rpc.maxUnfinishedBytes',
    kind: 'bytes',
    default: 256 * MIB,
    min: MIB,
    doc: 'Bytes of unfinished frames over all connections of one port together; beyond it the connection that holds the most is closed.',
  },
  maxQueuedBytes: {
    key: 'hearth.rpc.maxQueuedBytes',
    kind: 'bytes',
    default: 64 * MIB,
    min: MIB,
    doc: 'Bytes that may wait for one peer that does not read; beyond it its connection is closed. A driver that is stopped for minutes needs a few.',
  },
  maxQueuedBytesTotal: {
    key: 'hearth.rpc.maxQueuedBytesTotal',
    kind: 'bytes',
    default: 512 * MIB,
    min: MIB,
    doc: 'Bytes that may wait for all peers of one port together; beyond it the connection with the longest queue is closed.',
  },
  backedUpBytes: {
    key: 'hearth.rpc.backedUpBytes',
    kind: 'bytes',
    default: MIB,
    min: 64 * KIB,
    doc: 'Bytes waiting for a peer from which it counts as slow: a Spark peer is not read from, and only newest states are queued for it, until it has caught up.',
  },
  maxConnections: {
    key: 'hearth.rpc.maxConnections',
    kind: 'integer',
    default: 20_000,
    min: 1,
    doc: 'Connections open at once on one port; further ones are closed at once. The limit of open files of the process (ulimit -n) must be higher.',
  },
  maxOpenRequests: {
    key: 'hearth.rpc.maxOpenRequests',
    kind: 'integer',
    default: 1_000,
    min: 1,
    doc: 'Requests of one Spark peer that may wait for their answer; nothing more is read from it until some are answered.',
  },
  firstFrameTimeoutMs: {
    key: 'hearth.rpc.firstFrameTimeout',
    kind: 'duration-ms',
    default: 10_000,
    min: 1,
    doc: 'Time from connecting to the first complete frame, proofs of the secret not counted; a connection without one is closed. Afterwards a connection may be silent for ever, as Spark peers are.',
  },
  answerTimeoutMs: {
    key: 'hearth.rpc.answerTimeout',
    kind: 'duration-ms',
    default: 60_000,
    min: 1,
    doc: 'Time after which a request that nothing has answered is answered with a failure; must be below the ask time-out of Spark (120 s), or the asking application fails first.',
  },
  connectTimeoutMs: {
    key: 'hearth.rpc.connectTimeout',
    kind: 'duration-ms',
    default: 10_000,
    min: 1,
    doc: 'Time for a connection dialled by this daemon to be established, and the same again for a master to prove the secret.',
  },
} as const satisfies ConfigTable

/** The values of {@link RPC_KEYS}. */
export type RpcLimits = { readonly [Name in keyof typeof RPC_KEYS]: number }

/** The limits when nothing is configured. */
export const DEFAULT_RPC_LIMITS: RpcLimits = Object.fromEntries(
  Object.entries(RPC_KEYS).map(([name, key]) => [name, key.default]),
) as RpcLimits
