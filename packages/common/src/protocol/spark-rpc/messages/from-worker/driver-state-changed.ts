import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { enumerationField, enumerationValue } from '../../scala-values/enumeration.ts'
import { optionalExceptionField, optionOfException } from '../../scala-values/exception.ts'
import { DRIVER_STATE, type SparkDriverState } from '../driver-state.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Worker → `Master`, one-way: the end of a driver. A master of Spark fails at a state that is not final. */
export interface DriverStateChanged {
  readonly type: 'DriverStateChanged'
  readonly driverId: string
  readonly state: SparkDriverState
  /** The text of what went wrong before the driver ran. */
  readonly exception: string | null
}

// case class DriverStateChanged(driverId: String, state: DriverState, exception: Option[Exception]),
//   in DeployMessages, 3.5.9–4.3.0
export const driverStateChanged: MessageCodec<DriverStateChanged> = {
  type: 'DriverStateChanged',
  className: deployMessage('DriverStateChanged'),
  decode: (object) => ({
    type: 'DriverStateChanged',
    driverId: textField(object, 'driverId'),
    state: enumerationField(object, 'state', DRIVER_STATE),
    exception: optionalExceptionField(object, 'exception'),
  }),
  encode: ({ driverId, state, exception }, classes) =>
    javaObject(classes.descriptor(driverStateChanged.className), {
      driverId: javaString(driverId),
      state: enumerationValue(classes, DRIVER_STATE, state),
      exception: optionOfException(classes, exception),
    }),
}
