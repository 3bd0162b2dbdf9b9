import { javaObject } from '../../../java-serialization/build.ts'
import { objectField } from '../../../java-serialization/fields.ts'
import type { ScalaLine } from '../../scala-profile.ts'
import { readDriverDescription, type SparkDriverDescription } from '../driver-description.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Submitter → `Master`, ask, answered by a SubmitDriverResponse; sent to every master that it was given. */
export interface RequestSubmitDriver {
  readonly type: 'RequestSubmitDriver'
  readonly description: SparkDriverDescription
  /** The line of the sender. */
  readonly line: ScalaLine
}

// case class RequestSubmitDriver(driverDescription: DriverDescription), in DeployMessages, 3.5.9–4.3.0
export const requestSubmitDriver: MessageCodec<RequestSubmitDriver> = {
  type: 'RequestSubmitDriver',
  className: deployMessage('RequestSubmitDriver'),
  decode: (object, { line, budget }) => ({
    type: 'RequestSubmitDriver',
    description: readDriverDescription(objectField(object, 'driverDescription'), budget),
    line,
  }),
  encode: ({ description }, classes) =>
    javaObject(classes.descriptor(requestSubmitDriver.className), {
      driverDescription: description.graph,
    }),
}
