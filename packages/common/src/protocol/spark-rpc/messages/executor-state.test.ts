import { expect, test } from 'vitest'
import { readConversation } from '../../../../../../test/fixtures/spark/recordings.ts'
import { isObject, integerField, objectField } from '../../java-serialization/fields.ts'
import { decodeJavaStream } from '../../java-serialization/reader.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { javaObject } from '../../java-serialization/build.ts'
import { classTableOf } from '../class-table.ts'
import { enumerationField, enumerationValue } from '../scala-values/enumeration.ts'
import { EXECUTOR_STATE } from './executor-state.ts'

test('names and numbers are those of Spark’s own enumeration', () => {
  // Scala 2.12 sends the whole enumeration with every state: one field per value.
  const update = readConversation('3.5.9', 'client-mode').find((frame) =>
    frame.class.endsWith('$ExecutorUpdated'),
  )
  const message = decodeJavaStream(update?.content ?? new Uint8Array())
  if (!isObject(message)) throw new Error('no message')
  const enumeration = objectField(objectField(message, 'state'), '$outer')
  const names = EXECUTOR_STATE.names.map((name) =>
    integerField(objectField(enumeration, name), 'i'),
  )
  expect(names).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(integerField(enumeration, 'nextId')).toBe(names.length)
})

test('a value of another enumeration, or of none, is refused', () => {
  const classes = classTableOf('2.13')
  const other = { className: 'org.apache.spark.deploy.master.DriverState$', names: ['SUBMITTED'] }
  const more = { ...EXECUTOR_STATE, names: [...EXECUTOR_STATE.names, 'PAUSED'] }
  const holding = (state: ReturnType<typeof enumerationValue>) => {
    const none = classes.singleton('scala.None$')
    const updated = classes.descriptor('org.apache.spark.deploy.DeployMessages$ExecutorUpdated')
    const object = decodeJavaStream(
      encodeJavaStream(
        javaObject(updated, { id: 0, state, message: none, exitStatus: none, workerHost: none }),
      ),
    )
    if (!isObject(object)) throw new Error('no object')
    return () => enumerationField(object, 'state', EXECUTOR_STATE)
  }
  expect(holding(enumerationValue(classes, EXECUTOR_STATE, 'LOST'))()).toBe('LOST')
  expect(holding(enumerationValue(classes, other, 'SUBMITTED'))).toThrow(/not of .*ExecutorState\$/)
  expect(holding(enumerationValue(classes, more, 'PAUSED'))).toThrow('has no value number 7')
})
