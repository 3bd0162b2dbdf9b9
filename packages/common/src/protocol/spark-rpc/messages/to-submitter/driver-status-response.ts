import { javaObject } from '../../../java-serialization/build.ts'
import { booleanField } from '../../../java-serialization/fields.ts'
import { optionalEnumerationField, optionOfEnumeration } from '../../scala-values/enumeration.ts'
import { optionalExceptionField, optionOfException } from '../../scala-values/exception.ts'
import { optionalTextField, optionOfText } from '../../scala-values/option.ts'
import { DRIVER_STATE, type SparkDriverState } from '../driver-state.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/**
 * The answer to RequestDriverStatus. A client ends with status 255 when there is an exception or the driver was
 * not found, with 0 in a final state, and with 0 in any other one unless it shall wait.
 */
export interface DriverStatusResponse {
  readonly type: 'DriverStatusResponse'
  readonly found: boolean
  /** Null only where it was not found: a client opens it without a look. */
  readonly state: SparkDriverState | null
  readonly workerId: string | null
  readonly workerHostPort: string | null
  /** The text of the exception that a worker had with it. */
  readonly exception: string | null
}

// case class DriverStatusResponse(found: Boolean, state: Option[DriverState], workerId: Option[String],
//   workerHostPort: Option[String], exception: Option[Exception]), in DeployMessages, 3.5.9–4.3.0
export const driverStatusResponse: MessageCodec<DriverStatusResponse> = {
  type: 'DriverStatusResponse',
  className: deployMessage('DriverStatusResponse'),
  decode: (object) => ({
    type: 'DriverStatusResponse',
    found: booleanField(object, 'found'),
    state: optionalEnumerationField(object, 'state', DRIVER_STATE),
    workerId: optionalTextField(object, 'workerId'),
    workerHostPort: optionalTextField(object, 'workerHostPort'),
    exception: optionalExceptionField(object, 'exception'),
  }),
  encode: ({ found, state, workerId, workerHostPort, exception }, classes) =>
    javaObject(classes.descriptor(driverStatusResponse.className), {
      found,
      state: optionOfEnumeration(classes, DRIVER_STATE, state),
      workerId: optionOfText(classes, workerId),
      workerHostPort: optionOfText(classes, workerHostPort),
      exception: optionOfException(classes, exception),
    }),
}
