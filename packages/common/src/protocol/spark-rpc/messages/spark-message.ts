import { isObject, describeValue } from '../../java-serialization/fields.ts'
import type { JavaLimits } from '../../java-serialization/limits.ts'
import { ReadBudget } from '../../java-serialization/read-budget.ts'
import { decodeJavaStream } from '../../java-serialization/reader.ts'
import type { JavaClassDescriptor } from '../../java-serialization/tree.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { isAllowedInSparkMessage } from '../allowed-classes.ts'
import { classTableOf } from '../class-table.ts'
import type { ScalaLine, ScalaProfile, ScalaTarget } from '../scala-profile.ts'
import { singletonClass } from '../scala-values/singleton.ts'
import { checkExistence, type CheckExistence } from './check-existence.ts'
import { DRIVER_CODECS, type DriverMessage } from './driver-codecs.ts'
import { killExecutors, type KillExecutors } from './from-driver/kill-executors.ts'
import {
  masterChangeAcknowledged,
  type MasterChangeAcknowledged,
} from './from-driver/master-change-acknowledged.ts'
import {
  registerApplication,
  type RegisterApplication,
} from './from-driver/register-application.ts'
import { requestExecutors, type RequestExecutors } from './from-driver/request-executors.ts'
import {
  unregisterApplication,
  type UnregisterApplication,
} from './from-driver/unregister-application.ts'
import type { MessageCodec } from './message-codec.ts'
import { applicationRemoved, type ApplicationRemoved } from './to-driver/application-removed.ts'
import { executorAdded, type ExecutorAdded } from './to-driver/executor-added.ts'
import { executorUpdated, type ExecutorUpdated } from './to-driver/executor-updated.ts'
import { masterChanged, type MasterChanged } from './to-driver/master-changed.ts'
import {
  registeredApplication,
  type RegisteredApplication,
} from './to-driver/registered-application.ts'
import { workerRemoved, type WorkerRemoved } from './to-driver/worker-removed.ts'
import { WORKER_MASTER_CODECS, type WorkerMasterMessage } from './worker-master-codecs.ts'

/**
 * Every message between an application, a submitter or a worker and a master, answers included; `type` is
 * Spark's class name, without the `$` of an object.
 */
export type SparkMessage =
  | CheckExistence
  | RegisterApplication
  | UnregisterApplication
  | MasterChangeAcknowledged
  | RequestExecutors
  | KillExecutors
  | RegisteredApplication
  | ExecutorAdded
  | ExecutorUpdated
  | ApplicationRemoved
  | WorkerRemoved
  | MasterChanged
  | WorkerMasterMessage
  | DriverMessage

type SparkMessageType = SparkMessage['type']
type CodecOf<Type extends SparkMessageType> = MessageCodec<Extract<SparkMessage, { type: Type }>>

const CODECS: { readonly [Type in SparkMessageType]: CodecOf<Type> } = {
  CheckExistence: checkExistence,
  RegisterApplication: registerApplication,
  UnregisterApplication: unregisterApplication,
  MasterChangeAcknowledged: masterChangeAcknowledged,
  RequestExecutors: requestExecutors,
  KillExecutors: killExecutors,
  RegisteredApplication: registeredApplication,
  ExecutorAdded: executorAdded,
  ExecutorUpdated: executorUpdated,
  ApplicationRemoved: applicationRemoved,
  WorkerRemoved: workerRemoved,
  MasterChanged: masterChanged,
  ...WORKER_MASTER_CODECS,
  ...DRIVER_CODECS,
}

const BY_CLASS: ReadonlyMap<string, MessageCodec<SparkMessage>> = new Map(
  Object.values(CODECS).map((codec) => [codec.className, codec as MessageCodec<SparkMessage>]),
)

/**
 * A message class that neither Scala line compiles to this UID: a release that is not known yet. Its
 * UID in `profile.uidOverrides` makes {@link decodeSparkMessage} take it; for what is sent to that
 * peer, uid-probe.ts asks it.
 */
export class UnknownClassVersionError extends ProtocolError {
  readonly className: string
  readonly uid: bigint

  constructor(className: string, uid: bigint) {
    const known = (['2.12', '2.13'] as const).map(
      (line) => `${line}: ${classTableOf(line).uidOf(className)}`,
    )
    super(
      `class ${className} has serialVersionUID ${uid}, which is not that of a known Spark release (Scala ${known.join(', Scala ')})`,
    )
    this.className = className
    this.uid = uid
  }
}

export interface DecodeMessageOptions {
  readonly limits?: Partial<JavaLimits>
  /** The sender's profile, where it is known to need one. */
  readonly profile?: ScalaProfile
}

/**
 * The message of a request, a one-way frame or an answer that is one. Throws a ProtocolError for anything else: bytes that are
 * no object stream, a class that is no message (the text names it), fields that do not fit.
 */
export function decodeSparkMessage(
  content: Uint8Array,
  { limits = {}, profile }: DecodeMessageOptions = {},
): SparkMessage {
  const object = decodeJavaStream(content, { limits, isAllowed: isAllowedInSparkMessage })
  if (!isObject(object)) throw new ProtocolError(`the message is ${describeValue(object)}`)
  const codec = BY_CLASS.get(singletonClass(object) ?? object.descriptor.name)
  if (codec === undefined) {
    throw new ProtocolError(`the message is ${describeValue(object)}, which is not understood here`)
  }
  const line = lineOf(object.descriptor, profile)
  return codec.decode(object, { line, budget: new ReadBudget() })
}

/** The content of a request or one-way frame, or the body of an answer, for a peer of that Scala line or profile. */
export function encodeSparkMessage(message: SparkMessage, target: ScalaTarget): Uint8Array {
  const codec = CODECS[message.type] as MessageCodec<SparkMessage>
  return encodeJavaStream(codec.encode(message, classTableOf(target)))
}

// Messages declare no UID, so the compiler's own tells by which Scala line they were compiled. A message
// that is an object comes from 2.13 as a proxy, a class that 2.12 does not have.
function lineOf({ name, uid }: JavaClassDescriptor, profile?: ScalaProfile): ScalaLine {
  if (profile?.uidOverrides?.get(name) === uid) return profile.line
  if (classTableOf('2.13').uidOf(name) === uid) return '2.13'
  if (classTableOf('2.12').uidOf(name) === uid) return '2.12'
  throw new UnknownClassVersionError(name, uid)
}
