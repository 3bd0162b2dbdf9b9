import { expect, test } from 'vitest'
import { javaObject } from '../../java-serialization/build.ts'
import { javaString } from '../../java-serialization/tree.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { classTableOf } from '../class-table.ts'
import { decodeBooleanReply, encodeBooleanReply } from './boolean-reply.ts'

test('both answers come back', () => {
  expect(decodeBooleanReply(encodeBooleanReply(true))).toBe(true)
  expect(decodeBooleanReply(encodeBooleanReply(false))).toBe(false)
})

test('an answer that is no Boolean is refused and described', () => {
  const flag = {
    kind: 'descriptor',
    name: 'org.apache.spark.rpc.netty.RpcFailure',
    uid: 1n,
    flags: 2,
    fields: [{ name: 'value', type: 'Z', signature: null }],
    superclass: null,
  } as const
  const integer = classTableOf('2.12').descriptor('java.lang.Integer')
  for (const [answer, shown] of [
    [null, 'null'],
    [javaString('yes'), 'a string'],
    [javaObject(integer, { value: 1 }), 'object of java.lang.Integer'],
    [javaObject(flag, { value: true }), 'object of org.apache.spark.rpc.netty.RpcFailure'],
  ] as const) {
    const body = encodeJavaStream(answer)
    expect(() => decodeBooleanReply(body)).toThrow(ProtocolError)
    expect(() => decodeBooleanReply(body)).toThrow(`the answer is ${shown}, not a Boolean`)
  }
})
