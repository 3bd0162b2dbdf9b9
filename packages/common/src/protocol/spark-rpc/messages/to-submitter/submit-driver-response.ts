import { javaObject } from '../../../java-serialization/build.ts'
import { booleanField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { nullableEndpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { optionalTextField, optionOfText } from '../../scala-values/option.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/**
 * The answer to RequestSubmitDriver. A client ends with status 255 at a failure, unless its text begins with
 * `Current state is not alive`.
 */
export interface SubmitDriverResponse {
  readonly type: 'SubmitDriverResponse'
  /** Clients keep it and never use it (ClientEndpoint, 3.5.9–4.3.0), so that ours is null. */
  readonly master: EndpointRef | null
  readonly success: boolean
  readonly driverId: string | null
  readonly message: string
}

// case class SubmitDriverResponse(master: RpcEndpointRef, success: Boolean, driverId: Option[String],
//   message: String), in DeployMessages, 3.5.9–4.3.0
export const submitDriverResponse: MessageCodec<SubmitDriverResponse> = {
  type: 'SubmitDriverResponse',
  className: deployMessage('SubmitDriverResponse'),
  decode: (object) => ({
    type: 'SubmitDriverResponse',
    master: nullableEndpointRefField(object, 'master'),
    success: booleanField(object, 'success'),
    driverId: optionalTextField(object, 'driverId'),
    message: textField(object, 'message'),
  }),
  encode: ({ master, success, driverId, message }, classes) =>
    javaObject(classes.descriptor(submitDriverResponse.className), {
      master: master === null ? null : master.graph,
      success,
      driverId: optionOfText(classes, driverId),
      message: javaString(message),
    }),
}
