import { expect, test } from 'vitest'
import { readConversation } from '../../../../../../test/fixtures/spark/recordings.ts'
import { isObject, integerField, objectField } from '../../java-serialization/fields.ts'
import { decodeJavaStream } from '../../java-serialization/reader.ts'
import { DRIVER_STATE } from './driver-state.ts'

test('names and numbers are those of Spark’s own enumeration', () => {
  // Scala 2.12 sends the whole enumeration with every state: one field per value.
  const changed = readConversation('3.5.9', 'cluster-rpc').find((frame) =>
    frame.class.endsWith('$DriverStateChanged'),
  )
  const message = decodeJavaStream(changed?.content ?? new Uint8Array())
  if (!isObject(message)) throw new Error('no message')
  const enumeration = objectField(objectField(message, 'state'), '$outer')
  const numbers = DRIVER_STATE.names.map((name) =>
    integerField(objectField(enumeration, name), 'i'),
  )
  expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(integerField(enumeration, 'nextId')).toBe(numbers.length)
})
