// A Spark message that has no answer → an event. Pure.
import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import type { ApplicationDescription, ExecutorPayload } from '@hearth/common/domain/descriptions.ts'
import { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { SparkApplicationDescription } from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { Compile } from 'typebox/compile'
import type { MasterEvent, PeerId } from '../../core/events.ts'
import type { DriverContact } from './peer.ts'
import { toExecutorRequest } from './resource-requests.ts'

/** Of what a driver wrote, in a log: a whole id fits. */
const MAX_SHOWN_LENGTH = 255

/** Spark's default for spark.executor.memory. */
const DEFAULT_EXECUTOR_MEMORY_MB = 1024

/**
 * The event of a one-way message to `Master`; undefined for one that needs nothing done. `contact` is
 * that of the driver that this message introduced, if it did.
 */
export function toEvent(
  peer: PeerId,
  message: SparkMessage,
  contact: DriverContact | undefined,
): MasterEvent | undefined {
  switch (message.type) {
    case 'RegisterApplication': {
      if (contact === undefined) throw new ProtocolError('RegisterApplication without a driver')
      const description = toDescription(message.description)
      return {
        type: 'application.register-requested',
        peer,
        client: contact.client,
        description,
      }
    }
    case 'UnregisterApplication': {
      const applicationId = parseApplicationId(message.appId)
      if (applicationId === undefined) {
        const shown = JSON.stringify(message.appId.slice(0, MAX_SHOWN_LENGTH))
        throw new ProtocolError(`${shown} cannot be an application's id`)
      }
      return { type: 'application.unregister-requested', peer, applicationId }
    }
    default:
      throw new ProtocolError(`${message.type} is not a message for a master`)
  }
}

/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MAX_BYTES_PER_UNIT = 3

const payloadSchema = Compile(SparkExecutorPayload)

/**
 * What stands against sending this payload to workers, as a sentence for its user. Control characters
 * grow sixfold in JSON, so what a driver sent in one frame may not fit into one of ours.
 */
export function payloadProblem(payload: ExecutorPayload, maxBytes: number): string | undefined {
  if (!payloadSchema.Check(payload)) {
    const [problem] = payloadSchema.Errors(payload)
    return `its command cannot be passed on: ${problem?.instancePath} ${problem?.message}`
  }
  const json = JSON.stringify(payload)
  if (json.length * MAX_BYTES_PER_UNIT <= maxBytes) return undefined
  const bytes = new TextEncoder().encode(json).length
  if (bytes <= maxBytes) return undefined
  return `its command is ${bytes} bytes long as workers get it; at most ${maxBytes} are allowed`
}

/** What the pool needs of Spark's ApplicationDescription (3.4 and later), and the rest as payload. */
export function toDescription(spark: SparkApplicationDescription): ApplicationDescription {
  const { name, user, maxCores, initialExecutorLimit, appUiUrl, command, defaultProfile } = spark
  const executor = toExecutorRequest(defaultProfile)
  const payload: SparkExecutorPayload = {
    kind: 'spark-executor',
    applicationName: name,
    user,
    maxCores,
    resourceProfileId: defaultProfile.id,
    command: {
      mainClass: command.mainClass,
      arguments: [...command.arguments],
      environment: { ...command.environment },
      classPathEntries: [...command.classPathEntries],
      libraryPathEntries: [...command.libraryPathEntries],
      javaOptions: [...command.javaOptions],
    },
  }
  return {
    name,
    user,
    maxCores,
    executorLimit: initialExecutorLimit,
    executor: { ...executor, memoryMb: executor.memoryMb ?? DEFAULT_EXECUTOR_MEMORY_MB },
    uiUrl: appUiUrl,
    payload,
  }
}
