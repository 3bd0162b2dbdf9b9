import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import type { ScalaLine } from '../../scala-profile.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Submitter → `Master`, ask, answered by a KillDriverResponse. */
export interface RequestKillDriver {
  readonly type: 'RequestKillDriver'
  readonly driverId: string
  /** The line of the sender. */
  readonly line: ScalaLine
}

// case class RequestKillDriver(driverId: String), in DeployMessages, 3.5.9–4.3.0
export const requestKillDriver: MessageCodec<RequestKillDriver> = {
  type: 'RequestKillDriver',
  className: deployMessage('RequestKillDriver'),
  decode: (object, { line }) => ({
    type: 'RequestKillDriver',
    driverId: textField(object, 'driverId'),
    line,
  }),
  encode: ({ driverId }, classes) =>
    javaObject(classes.descriptor(requestKillDriver.className), { driverId: javaString(driverId) }),
}
