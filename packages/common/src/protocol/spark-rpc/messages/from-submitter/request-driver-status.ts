import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import type { ScalaLine } from '../../scala-profile.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Submitter → `Master`, ask, answered by a DriverStatusResponse; 5 s after its first ask, then every 10 s. */
export interface RequestDriverStatus {
  readonly type: 'RequestDriverStatus'
  readonly driverId: string
  /** The line of the sender. */
  readonly line: ScalaLine
}

// case class RequestDriverStatus(driverId: String), in DeployMessages, 3.5.9–4.3.0
export const requestDriverStatus: MessageCodec<RequestDriverStatus> = {
  type: 'RequestDriverStatus',
  className: deployMessage('RequestDriverStatus'),
  decode: (object, { line }) => ({
    type: 'RequestDriverStatus',
    driverId: textField(object, 'driverId'),
    line,
  }),
  encode: ({ driverId }, classes) =>
    javaObject(classes.descriptor(requestDriverStatus.className), {
      driverId: javaString(driverId),
    }),
}
