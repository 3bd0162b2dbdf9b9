import { expect, test } from 'vitest'
import { CLUSTER_MAGIC } from '../../protocol/cluster/frame.ts'
import { encodeFrame } from '../../protocol/spark-rpc/frame.ts'
import { callerOf } from './sniff.ts'

test('the first byte tells who is calling', () => {
  const [frame] = encodeFrame({ kind: 'one-way', body: new Uint8Array(0) })
  expect(callerOf(frame?.[0] ?? -1)).toBe('spark')
  expect(callerOf(CLUSTER_MAGIC[0] ?? -1)).toBe('hearth')
  expect(callerOf(0x16)).toBe('tls')
  for (const method of ['GET', 'POST', 'head', 'Z', 'a', 'z']) {
    expect(callerOf(method.charCodeAt(0))).toBe('text')
  }
  for (const byte of [0x01, 0x40, 0x5b, 0x60, 0x7b, 0x80, 0xff]) {
    expect(callerOf(byte)).toBe('unknown')
  }
})
