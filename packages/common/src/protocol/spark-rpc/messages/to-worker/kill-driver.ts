import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way; answered with a DriverStateChanged when the driver has ended. */
export interface KillDriver {
  readonly type: 'KillDriver'
  readonly driverId: string
}

// case class KillDriver(driverId: String), in DeployMessages, 3.5.9–4.3.0
export const killDriver: MessageCodec<KillDriver> = {
  type: 'KillDriver',
  className: deployMessage('KillDriver'),
  decode: (object) => ({ type: 'KillDriver', driverId: textField(object, 'driverId') }),
  encode: ({ driverId }, classes) =>
    javaObject(classes.descriptor(killDriver.className), { driverId: javaString(driverId) }),
}
