// References to RPC endpoints (org.apache.spark.rpc.netty.NettyRpcEndpointRef, 3.5–4.3). Their class
// UIDs differ between releases, so ours are never described by ourselves: a driver sends its own
// reference when it registers, and the master's is made from the descriptions found in it.
import { javaObject, sameClassWith } from '../java-serialization/build.ts'
import {
  fieldOf,
  nullableObjectField,
  nullableTextField,
  integerField,
  objectField,
  textField,
} from '../java-serialization/fields.ts'
import { javaString, type JavaObject } from '../java-serialization/tree.ts'
import { ProtocolError } from '../protocol-error.ts'
import type { ClassTable } from './class-table.ts'
import type { RpcAddress } from './envelope.ts'

export interface EndpointRef {
  /** Name of the endpoint in its process: `AppClient`, `Master` … */
  readonly name: string
  /** Where the process listens; null for one that does not. */
  readonly address: RpcAddress | null
  /** As it stood in the stream. */
  readonly graph: JavaObject
}

const NETTY_REF = 'org.apache.spark.rpc.netty.NettyRpcEndpointRef'

/** The reference in a field of a message. */
export function endpointRefField(message: JavaObject, field: string): EndpointRef {
  const graph = objectField(message, field)
  if (graph.descriptor.name !== NETTY_REF) {
    throw new ProtocolError(
      `field ${field} of ${message.descriptor.name} is of class ${graph.descriptor.name}, not ${NETTY_REF}`,
    )
  }
  const endpointAddress = objectField(graph, 'endpointAddress')
  const rpcAddress = nullableObjectField(endpointAddress, 'rpcAddress')
  const address = rpcAddress === null ? null : readAddress(rpcAddress)
  return { name: textField(endpointAddress, 'name'), address, graph }
}

/** The reference in a field of a message; null where there is none. */
export function nullableEndpointRefField(message: JavaObject, field: string): EndpointRef | null {
  return fieldOf(message, field) === null ? null : endpointRefField(message, field)
}

/**
 * A reference to one of our endpoints, for the process that sent `received`. It carries the time-out
 * of the received one: a driver asks through it, and would fail without one. Throws a ProtocolError
 * when the received reference has no address, and so describes no class for ours.
 */
export function echoEndpointRef(
  received: EndpointRef,
  as: { readonly name: string; readonly address: RpcAddress },
): EndpointRef {
  const { name, address } = as
  const endpointAddress = objectField(received.graph, 'endpointAddress')
  const graph = sameClassWith(received.graph, {
    defaultAskTimeout: echoTimeout(objectField(received.graph, 'defaultAskTimeout')),
    endpointAddress: sameClassWith(endpointAddress, {
      name: javaString(name),
      rpcAddress: echoAddress(received, address),
      toString: javaString(endpointUrl(name, address)),
    }),
  })
  return { name, address, graph }
}

/** Fails as {@link echoEndpointRef} would, so that a bad reference is refused when it arrives. */
export function assertCanEcho(received: EndpointRef): void {
  echoEndpointRef(received, { name: '', address: { host: '', port: 0 } })
}

/** A reference described from the table: for speaking as a driver or
 * worker, in tests and load generators. */
export function describeEndpointRef(
  classes: ClassTable,
  name: string,
  address: RpcAddress,
): EndpointRef {
  const unit = {
    kind: 'enum',
    descriptor: classes.descriptor('java.util.concurrent.TimeUnit'),
    constant: javaString('SECONDS'),
  } as const
  const graph = javaObject(classes.descriptor(NETTY_REF), {
    defaultAskTimeout: javaObject(classes.descriptor('org.apache.spark.rpc.RpcTimeout'), {
      duration: javaObject(classes.descriptor('scala.concurrent.duration.FiniteDuration'), {
        length: 120n,
        unit,
      }),
      timeoutProp: javaString('spark.rpc.askTimeout'),
    }),
    endpointAddress: javaObject(classes.descriptor('org.apache.spark.rpc.RpcEndpointAddress'), {
      name: javaString(name),
      rpcAddress: javaObject(classes.descriptor('org.apache.spark.rpc.RpcAddress'), {
        host: javaString(address.host),
        port: address.port,
      }),
      toString: javaString(endpointUrl(name, address)),
    }),
  })
  return { name, address, graph }
}

/** The `RpcAddress` in a field of a message. */
export function addressField(message: JavaObject, field: string): RpcAddress {
  return readAddress(objectField(message, field))
}

/**
 * An address for the process that sent `received`, of the class that its reference describes. Throws a
 * ProtocolError when that reference has no address.
 */
export function echoAddress(received: EndpointRef, { host, port }: RpcAddress): JavaObject {
  const rpcAddress = objectField(objectField(received.graph, 'endpointAddress'), 'rpcAddress')
  return sameClassWith(rpcAddress, { host: javaString(host), port })
}

function readAddress(address: JavaObject): RpcAddress {
  return { host: textField(address, 'host'), port: integerField(address, 'port') }
}

function echoTimeout(timeout: JavaObject): JavaObject {
  const duration = objectField(timeout, 'duration')
  const length = fieldOf(duration, 'length')
  const unit = fieldOf(duration, 'unit')
  if (typeof length !== 'bigint' || typeof unit !== 'object' || unit?.kind !== 'enum') {
    throw new ProtocolError(`${duration.descriptor.name} is not a length and a unit`)
  }
  const property = nullableTextField(timeout, 'timeoutProp')
  return sameClassWith(timeout, {
    duration: sameClassWith(duration, { length, unit }),
    timeoutProp: property === null ? null : javaString(property),
  })
}

function endpointUrl(name: string, { host, port }: RpcAddress): string {
  return `spark://${name}@${host}:${port}`
}
