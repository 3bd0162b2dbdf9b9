import { javaObject } from '../../../java-serialization/build.ts'
import { booleanField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { nullableEndpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** The answer to RequestKillDriver; a failure ends its client with status 255, as in SubmitDriverResponse. */
export interface KillDriverResponse {
  readonly type: 'KillDriverResponse'
  /** As in SubmitDriverResponse: never used. */
  readonly master: EndpointRef | null
  readonly driverId: string
  readonly success: boolean
  readonly message: string
}

// case class KillDriverResponse(master: RpcEndpointRef, driverId: String, success: Boolean,
//   message: String), in DeployMessages, 3.5.9–4.3.0
export const killDriverResponse: MessageCodec<KillDriverResponse> = {
  type: 'KillDriverResponse',
  className: deployMessage('KillDriverResponse'),
  decode: (object) => ({
    type: 'KillDriverResponse',
    master: nullableEndpointRefField(object, 'master'),
    driverId: textField(object, 'driverId'),
    success: booleanField(object, 'success'),
    message: textField(object, 'message'),
  }),
  encode: ({ master, driverId, success, message }, classes) =>
    javaObject(classes.descriptor(killDriverResponse.className), {
      master: master === null ? null : master.graph,
      driverId: javaString(driverId),
      success,
      message: javaString(message),
    }),
}
