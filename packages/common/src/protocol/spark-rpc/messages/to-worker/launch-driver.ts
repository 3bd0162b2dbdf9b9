import { javaObject } from '../../../java-serialization/build.ts'
import { objectField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { readDriverDescription, type SparkDriverDescription } from '../driver-description.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeAddressesOfResources,
  resourceAddressesField,
  type ResourceAddresses,
} from '../resource-addresses.ts'

/** Master → `Worker`, one-way. The worker does not look which master sent it. */
export interface LaunchDriver {
  readonly type: 'LaunchDriver'
  readonly driverId: string
  readonly description: SparkDriverDescription
  readonly resources: ResourceAddresses
}

// case class LaunchDriver(driverId: String, driverDesc: DriverDescription,
//   resources: Map[String, ResourceInformation] = Map.empty), in DeployMessages, 3.5.9–4.3.0
export const launchDriver: MessageCodec<LaunchDriver> = {
  type: 'LaunchDriver',
  className: deployMessage('LaunchDriver'),
  decode: (object, { budget }) => ({
    type: 'LaunchDriver',
    driverId: textField(object, 'driverId'),
    description: readDriverDescription(objectField(object, 'driverDesc'), budget),
    resources: resourceAddressesField(object, 'resources', budget),
  }),
  encode: ({ driverId, description, resources }, classes) =>
    javaObject(classes.descriptor(launchDriver.className), {
      driverId: javaString(driverId),
      driverDesc: description.graph,
      resources: describeAddressesOfResources(classes, resources),
    }),
}
