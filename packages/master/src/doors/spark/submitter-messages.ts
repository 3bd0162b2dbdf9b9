// What submitters and the core say of drivers, each in the other's words. Pure.
import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import type { DriverStatusResponse } from '@hearth/common/protocol/spark-rpc/messages/to-submitter/driver-status-response.ts'
import type { KillDriverResponse } from '@hearth/common/protocol/spark-rpc/messages/to-submitter/kill-driver-response.ts'
import type { SubmitDriverResponse } from '@hearth/common/protocol/spark-rpc/messages/to-submitter/submit-driver-response.ts'
import type { SparkDriverDescription } from '@hearth/common/protocol/spark-rpc/messages/driver-description.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import type { Reply } from '../../core/effects.ts'
import { SPARK_DRIVER_STATES } from '../submission/spark-driver-states.ts'
import { userMainClass, type Submission } from '../submission/driver-description.ts'

/** Of what a client wrote, in an answer: a whole id fits. */
const MAX_SHOWN_LENGTH = 255

// Where the submitter binds is not where the driver runs. 4.3 leaves them out itself (ClientApp), and the REST
// server of every release does.
const OF_THE_SUBMITTER: readonly string[] = ['SPARK_LOCAL_IP', 'SPARK_LOCAL_HOSTNAME']

/** What a client of Spark submits. */
export function toSubmission(spark: SparkDriverDescription): Submission {
  const { jarUrl, mem, cores, supervise, command, resourceReqs } = spark
  const environment = Object.entries(command.environment).filter(
    ([name]) => !OF_THE_SUBMITTER.includes(name),
  )
  const custom = resourceReqs
    .filter(({ amount }) => amount !== 0)
    .map(({ resourceName, amount }) => [resourceName, amount] as const)
  const own: SparkCommand = {
    mainClass: command.mainClass,
    arguments: [...command.arguments],
    environment: Object.fromEntries(environment),
    classPathEntries: [...command.classPathEntries],
    libraryPathEntries: [...command.libraryPathEntries],
    javaOptions: [...command.javaOptions],
  }
  return {
    ...{ jarUrl, mainClass: userMainClass(own), command: own },
    ...{ cores, memoryMb: mem, supervise },
    custom: Object.fromEntries(custom),
  }
}

/** The core's answer to a submission, in the words of Spark's master. */
export function toSubmitResponse(reply: Reply): SubmitDriverResponse {
  if (reply.type === 'driver-submitted') {
    const { driverId } = reply
    const message = `Driver successfully submitted as ${driverId}`
    return { type: 'SubmitDriverResponse', master: null, success: true, driverId, message }
  }
  return refusedSubmission(reply.type === 'accepted' ? 'the driver was not taken' : reply.reason)
}

/** Its client prints the reason and ends with status 255. */
export function refusedSubmission(reason: string): SubmitDriverResponse {
  const message = `This master cannot take the driver: ${reason}`
  return { type: 'SubmitDriverResponse', master: null, success: false, driverId: null, message }
}

/** The core's answer to a request to end a driver. */
export function toKillResponse(driverId: string, reply: Reply): KillDriverResponse {
  switch (reply.type) {
    case 'refused': {
      const message = `This master cannot end ${driverId}: ${reply.reason}`
      return { type: 'KillDriverResponse', master: null, driverId, success: false, message }
    }
    case 'not-found':
      return unknownDriver(driverId)
    case 'accepted':
    case 'driver-submitted': {
      const message = `Kill request for ${driverId} submitted`
      return { type: 'KillDriverResponse', master: null, driverId, success: true, message }
    }
  }
}

/** As to any driver that cannot be ended, because it has ended or never was. */
export function unknownDriver(id: string): KillDriverResponse {
  const driverId = id.slice(0, MAX_SHOWN_LENGTH)
  const message = `Driver ${driverId} has already finished or does not exist`
  return { type: 'KillDriverResponse', master: null, driverId, success: false, message }
}

/**
 * A driver as its client is told of it; undefined for one that is not known. What is said of a driver that has
 * not been lost or refused is no exception: a client would take it for one, and end with status 255.
 */
export function toStatusResponse(view: DriverView | undefined): DriverStatusResponse {
  const isFound = view !== undefined
  return {
    type: 'DriverStatusResponse',
    found: isFound,
    state: isFound ? SPARK_DRIVER_STATES[view.state] : null,
    workerId: view?.workerId ?? null,
    workerHostPort: view?.workerHostPort ?? null,
    exception: view?.state === 'error' ? view.message : null,
  }
}
