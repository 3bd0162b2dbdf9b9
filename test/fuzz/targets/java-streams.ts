import { DEFAULT_JAVA_LIMITS } from '@hearth/common/protocol/java-serialization/limits.ts'
import { decodeJavaStream } from '@hearth/common/protocol/java-serialization/reader.ts'
import { encodeJavaStream } from '@hearth/common/protocol/java-serialization/writer.ts'
import { echoAddress, echoEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { releaseMarkOf } from '@hearth/common/protocol/spark-rpc/known-releases.ts'
import { decodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { deployMessage } from '@hearth/common/protocol/spark-rpc/messages/message-codec.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  UnknownClassVersionError,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import {
  encodeUidProbe,
  parseUidProbeFailure,
} from '@hearth/common/protocol/spark-rpc/uid-probe.ts'
import { sparkMessageProblem } from '../corpus/spark-message-schemas.ts'
import { madeMessages } from '../corpus/made-messages.ts'
import { messageSamples, replySamples } from '../corpus/spark-recordings.ts'
import { amplifyJava } from '../engine/amplify-java.ts'
import { chance, pick } from '../engine/draw.ts'
import { mutateBytes } from '../engine/mutate-bytes.ts'
import { javaSample, mutateJava } from '../engine/mutate-java.ts'
import { attempt, attempted, demand } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const TIGHT = {
  maxBytes: 8192,
  maxDepth: 12,
  maxHandles: 200,
  maxStringBytes: 4096,
  maxElements: 500,
}

export const javaStreams: FuzzTarget = {
  name: 'java-streams',
  about:
    'the reader of Java object streams, with every class allowed, and the writer with what it read',
  share: 6,
  open() {
    const samples = [...messageSamples(), ...replySamples()]
    return (random, note) => {
      const bytes = mutateJava(random, samples)
      const limits = chance(random, 0.2) ? TIGHT : DEFAULT_JAVA_LIMITS
      note(bytes)
      return attempt(() => {
        const value = decodeJavaStream(bytes, { limits })
        // Parts of what a peer sent are written into answers.
        attempt(() => {
          if (value === null || typeof value === 'object') decodeJavaStream(encodeJavaStream(value))
        })
      })
    }
  },
}

export const sparkMessages: FuzzTarget = {
  name: 'spark-messages',
  about: 'every message between drivers, workers and masters, decoded and answered',
  share: 14,
  open() {
    const samples = messageSamples()
    return (random, note) => {
      const bytes = mutateJava(random, samples)
      note(bytes)
      return attempt(() => {
        const message = decodeOfAnyVersion(bytes)
        const problem = sparkMessageProblem(message)
        demand(problem === undefined, `decoded to what it cannot be: ${problem}`)
        answer(message)
      })
    }
  },
}

export const costlyMessages: FuzzTarget = {
  name: 'costly-messages',
  about: 'messages that refer to one wide object from a hundred thousand places',
  share: 0.02,
  open() {
    const samples = madeMessages()
    return (random, note) => {
      const bytes = amplifyJava(random, pick(random, samples))
      note(bytes)
      return attempt(() => answer(decodeOfAnyVersion(bytes)))
    }
  },
}

// As the master does with a release that it does not know.
function decodeOfAnyVersion(bytes: Uint8Array): SparkMessage {
  try {
    return decodeSparkMessage(bytes)
  } catch (error) {
    if (!(error instanceof UnknownClassVersionError)) throw error
    const uidOverrides = new Map([[error.className, error.uid]])
    return decodeSparkMessage(bytes, { profile: { line: '2.13', uidOverrides } })
  }
}

// What is written from a peer's own reference and description.
function answer(message: SparkMessage): void {
  const address = { host: 'master', port: 7077 }
  if (message.type === 'RegisterApplication') {
    releaseMarkOf(message.description)
    const master = echoEndpointRef(message.driver, { name: 'Master', address })
    encodeSparkMessage({ type: 'RegisteredApplication', appId: 'app-1', master }, message.line)
  }
  if (message.type === 'RegisterWorker') {
    const master = echoEndpointRef(message.worker, { name: 'Master', address })
    echoAddress(message.worker, message.masterAddress)
    encodeSparkMessage(
      {
        type: 'RegisteredWorker',
        master,
        masterWebUiUrl: '',
        masterAddress: address,
        duplicate: false,
      },
      message.line,
    )
  }
}

export const sparkReplies: FuzzTarget = {
  name: 'spark-replies',
  about: 'boolean answers, and the failures that tell a class’ version',
  share: 6,
  open() {
    const className = deployMessage('ExecutorAdded')
    const samples = [...replySamples(), javaSample(encodeUidProbe(className))]
    const failures = [
      '-7395610577463317059',
      '0',
      '9223372036854775807',
      '99999999999999999999',
    ].map((uid) =>
      Buffer.from(
        `java.io.InvalidClassException: ${className}; local class incompatible: stream classdesc serialVersionUID = 0, local class serialVersionUID = ${uid}\n\tat java.io.ObjectStreamClass`,
      ),
    )
    return (random, note) => {
      if (chance(random, 0.3)) {
        const text = mutateBytes(pick(random, failures), random, failures)
        note(text)
        const uid = parseUidProbeFailure(Buffer.from(text).toString(), className)
        return uid === undefined ? 'refused' : 'taken'
      }
      const bytes = mutateJava(random, samples)
      note(bytes)
      const refusal = attempted(() => {
        demand(typeof decodeBooleanReply(bytes) === 'boolean', 'an answer that is no boolean')
      })
      return refusal === undefined ? 'taken' : 'refused'
    }
  },
}
