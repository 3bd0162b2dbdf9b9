import { expect, test } from 'vitest'
import { isObject } from '../java-serialization/fields.ts'
import { decodeJavaStream } from '../java-serialization/reader.ts'
import { encodeUidProbe, parseUidProbeFailure } from './uid-probe.ts'

const CLASS = 'org.apache.spark.deploy.DeployMessages$ExecutorAdded'

// The text that a driver of Spark 4.3.0 answered a probe with, shortened after its first frames.
const FAILURE = `java.io.InvalidClassException: ${CLASS}; local class incompatible: stream classdesc serialVersionUID = 0, local class serialVersionUID = -249263137093654894
\tat java.base/java.io.ObjectStreamClass.initNonProxy(ObjectStreamClass.java:597)
\tat java.base/java.io.ObjectInputStream.readNonProxyDesc(ObjectInputStream.java:2051)`

test('a probe is the class with UID 0 and no fields', () => {
  const value = decodeJavaStream(encodeUidProbe(CLASS))
  if (!isObject(value)) throw new Error('not an object')
  expect(value.descriptor).toMatchObject({ name: CLASS, uid: 0n, flags: 2, superclass: null })
  expect(value.levels[0]?.values).toEqual([])
})

test('the failure tells the peer’s own UID', () => {
  expect(parseUidProbeFailure(FAILURE, CLASS)).toBe(-249263137093654894n)
})

test('a failure about something else tells nothing', () => {
  expect(parseUidProbeFailure(FAILURE, `${CLASS}Again`)).toBeUndefined()
  expect(parseUidProbeFailure(`java.lang.ClassNotFoundException: ${CLASS}`, CLASS)).toBeUndefined()
  const cut = FAILURE.slice(0, FAILURE.indexOf(', local'))
  expect(parseUidProbeFailure(cut, CLASS)).toBeUndefined()
})
