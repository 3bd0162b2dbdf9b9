import { javaObject } from '../../../java-serialization/build.ts'
import { objectField } from '../../../java-serialization/fields.ts'
import { assertCanEcho, endpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import type { ScalaLine } from '../../scala-profile.ts'
import {
  readApplicationDescription,
  type SparkApplicationDescription,
} from '../application-description.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Driver → `Master`, one-way; sent again after 20 s without an answer, on the same connection. */
export interface RegisterApplication {
  readonly type: 'RegisterApplication'
  readonly description: SparkApplicationDescription
  /** Always has an address; references of ours can be made from it. */
  readonly driver: EndpointRef
  readonly line: ScalaLine
}

// case class RegisterApplication(appDescription: ApplicationDescription, driver: RpcEndpointRef)
export const registerApplication: MessageCodec<RegisterApplication> = {
  type: 'RegisterApplication',
  className: deployMessage('RegisterApplication'),
  decode(object, { line, budget }) {
    const driver = endpointRefField(object, 'driver')
    assertCanEcho(driver)
    const description = readApplicationDescription(objectField(object, 'appDescription'), budget)
    return { type: 'RegisterApplication', description, driver, line }
  },
  encode: ({ description, driver }, classes) =>
    javaObject(classes.descriptor(registerApplication.className), {
      appDescription: description.graph,
      driver: driver.graph,
    }),
}
