import { javaObject } from '../../../java-serialization/build.ts'
import { describeValue, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { ProtocolError } from '../../../protocol-error.ts'
import { mapField, mapOf } from '../../scala-values/maps.ts'
import { boxInteger, unboxInteger } from '../../scala-values/option.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeResourceProfile,
  readResourceProfile,
  type SparkResourceProfile,
} from '../resource-profile.ts'

/** How many executors of one profile the driver wants in all, those it has included. */
export interface ExecutorTarget {
  readonly resourceProfileId: number
  readonly profile: SparkResourceProfile
  readonly total: number
}

/**
 * Driver → `Master`, ask, answered by a Boolean. The first one is sent while the driver constructs its
 * SparkContext, which waits for the answer.
 */
export interface RequestExecutors {
  readonly type: 'RequestExecutors'
  readonly appId: string
  readonly targets: readonly ExecutorTarget[]
}

// case class RequestExecutors(appId: String, resourceProfileToTotalExecs: Map[ResourceProfile, Int])
// in DeployMessages, 3.5.9–4.3.0
export const requestExecutors: MessageCodec<RequestExecutors> = {
  type: 'RequestExecutors',
  className: deployMessage('RequestExecutors'),
  decode(object, { budget }) {
    const entries = mapField(object, 'resourceProfileToTotalExecs', budget)
    const targets = entries.map(([key, value]) => {
      const profile = readResourceProfile(key, budget)
      const total = unboxInteger(value)
      if (total === null) {
        throw new ProtocolError(`a number of executors is ${describeValue(value)}`)
      }
      return { resourceProfileId: profile.id, profile, total }
    })
    return { type: 'RequestExecutors', appId: textField(object, 'appId'), targets }
  },
  encode: ({ appId, targets }, classes) =>
    javaObject(classes.descriptor(requestExecutors.className), {
      appId: javaString(appId),
      resourceProfileToTotalExecs: mapOf(
        classes,
        targets.map(({ profile, total }) => [
          describeResourceProfile(classes, profile),
          boxInteger(classes, total),
        ]),
      ),
    }),
}
