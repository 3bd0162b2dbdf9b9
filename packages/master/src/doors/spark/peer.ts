// One connected Spark process, as this door knows it.
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { Envelope, RpcAddress } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import type { EndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import type {
  ScalaLine,
  ScalaProfile,
  ScalaTarget,
} from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import type { ClientKey, PeerId } from '../../core/events.ts'

/** How a driver is reached and spoken to; outlives its connection. */
export interface DriverContact {
  readonly client: ClientKey
  /** Where it listens. */
  readonly address: RpcAddress
  /** Its endpoint there, `AppClient`. */
  readonly endpoint: string
  /** How its messages are written. */
  readonly target: ScalaTarget
  /** As it arrived in RegisterApplication: our own reference is an echo of its classes. */
  readonly ref: EndpointRef
  /** The address by which it dialled us: the only one whose loss it would notice. */
  readonly dialledAs: RpcAddress
}

export interface SparkPeer {
  readonly id: PeerId
  readonly connection: SparkConnection
  /** The `host:port` that the peer dialled, from its envelopes. */
  dialledAs: RpcAddress
  contact: DriverContact | undefined
  /** Its Scala line, which its first question tells. */
  line: ScalaLine | undefined
  /** Versions of its own messages that no known release has; undefined while there are none. */
  ownVersions: ScalaProfile | undefined
  /** True while it is asked for class versions: a repeated registration changes nothing. */
  isBeingAsked: boolean
  /** What waits until a peer that does not read has caught up. */
  readonly outbox: Outbox
}

/** The newest state per executor, and the last of each other kind that matters. */
export type Outbox = Map<string, () => void>

/** A peer whose own address is used until its first envelope says how it dialled us. */
export function createPeer(id: PeerId, connection: SparkConnection, self: HostPort): SparkPeer {
  return {
    id,
    connection,
    dialledAs: self,
    contact: undefined,
    line: undefined,
    ownVersions: undefined,
    isBeingAsked: false,
    outbox: new Map(),
  }
}

/** Remembers by which name this peer knows us. */
export function noteEnvelope(peer: SparkPeer, envelope: Envelope): void {
  if (envelope.receiver !== null) peer.dialledAs = envelope.receiver
}

/**
 * A driver is known by where it listens: that address stays when its connection closes. Throws
 * ProtocolError for a reference without one.
 */
export function contactOf(
  peer: SparkPeer,
  { driver }: { readonly driver: EndpointRef },
  target: ScalaTarget,
): DriverContact {
  if (driver.address === null) {
    throw new ProtocolError('the driver in RegisterApplication has no address to be reached at')
  }
  return {
    client: formatHostPort(driver.address),
    address: driver.address,
    endpoint: driver.name,
    target,
    ref: driver,
    dialledAs: peer.dialledAs,
  }
}
