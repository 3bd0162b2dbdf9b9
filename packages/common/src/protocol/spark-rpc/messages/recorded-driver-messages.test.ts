// Cluster-mode submissions over RPC, read and written again: every frame becomes what another decoder read in it.
import { describe, expect, test } from 'vitest'
import {
  readConversation,
  RELEASES,
  type RecordedFrame,
} from '../../../../../../test/fixtures/spark/recordings.ts'
import {
  flattened,
  recordedFields,
  withShortEnumeration,
} from '../../../../../../test/support/recorded-values.ts'
import type { ScalaLine } from '../scala-profile.ts'
import { decodeBooleanReply, encodeBooleanReply } from './boolean-reply.ts'
import { DRIVER_CODECS } from './driver-codecs.ts'
import { decodeSparkMessage, encodeSparkMessage } from './spark-message.ts'

describe.each(RELEASES)('Spark %s', (release) => {
  const line: ScalaLine = release === '3.5.9' ? '2.12' : '2.13'
  const all = readConversation(release, 'cluster-rpc')
  const messages = all.filter(({ class: name }) => name !== 'java.lang.Boolean')
  const ofDrivers = messages.filter(({ class: name }) => nameOf(name) in DRIVER_CODECS)

  test('every message about drivers was recorded', () => {
    const names = new Set(ofDrivers.map(({ class: name }) => nameOf(name)))
    expect([...names].sort()).toEqual(Object.keys(DRIVER_CODECS).sort())
  })

  test.each(messages)('frame $n, $type of $class, has the values recorded with it', (frame) => {
    const message = decodeSparkMessage(frame.content)
    expect(message.type).toBe(nameOf(frame.class))
    expect(flattened(message)).toMatchObject(recordedFields(frame.value))
    if ('line' in message) expect(message.line).toBe(line)
  })

  test('every other reply is a Boolean that we write alike', () => {
    const booleans = all.filter(({ class: name }) => name === 'java.lang.Boolean')
    expect(booleans.length).toBeGreaterThan(0)
    for (const { content, value } of booleans) {
      expect(decodeBooleanReply(content)).toBe(value)
      expect(encodeBooleanReply(value === true)).toEqual(content)
    }
  })

  test.each(ofDrivers)('frame $n, $class, is written byte for byte', (frame) => {
    const message = decodeSparkMessage(frame.content)
    const ours = encodeSparkMessage(message, line)
    if (message.type === 'LaunchDriver' && line === '2.13') {
      // The client's description of ModuleSerializationProxy is written again, and beside it ours.
      expect(decodeSparkMessage(ours)).toMatchObject({ driverId: message.driverId, resources: {} })
      return
    }
    // The enumeration behind a driver's state is not the recorded one, as for executors: Scala 2.12 writes
    // all of DriverState, 2.13 its class with a UID; both are left out, and the reader does not miss them.
    expect(ours).toEqual(hasState(frame) ? withShortEnumeration(frame) : frame.content)
  })
})

function nameOf(className: string): string {
  return className.split(/[$.]/).findLast((part) => part !== '') ?? ''
}

function hasState({ class: name }: RecordedFrame): boolean {
  return ['DriverStateChanged', 'DriverStatusResponse'].includes(nameOf(name))
}
