import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { aKey, aPayload } from '../launcher-fixture.ts'
import { parseLaunchOrder } from './launch-order.ts'
import { parseLauncherMessage, parseWorkerMessage } from './messages.ts'

const HELD = {
  ...{
    key: aKey(),
    cores: 1,
    memoryMb: 2,
    payload: aPayload(),
    workDir: '/w',
    scratchDirs: ['/s'],
  },
  ...{ pid: null, state: 'failed', exitCode: null, killed: false, message: 'no' },
}
const ORDER = {
  ...{
    key: aKey(),
    cores: 1,
    memoryMb: 2,
    payload: aPayload(),
    argv: ['/bin/true'],
    env: { A: 'b' },
  },
  ...{
    workDir: `/w/${aKey().applicationId}/0`,
    header: 'h',
    files: { 'a.json': '[]' },
    scratchDirs: ['/s'],
  },
}
const HELLO = { version: 1, token: 't', pid: 2, orphanLimitMs: 3, killGraceMs: 4 }
const FROM_WORKER = [
  { type: 'hello', ...HELLO },
  { type: 'authenticate', auth: null },
  { type: 'authenticate', auth: defaultAuthSettings('correct horse') },
  { type: 'launch', key: aKey(), order: { anything: true } },
  { type: 'kill', key: aKey() },
  { type: 'forget', key: aKey() },
  { type: 'shutdown' },
]
const FROM_LAUNCHER = [
  { type: 'welcome', version: 1, token: 't', id: 'i', pid: 2, port: 3, heldCount: 1 },
  { type: 'held', process: HELD },
  { type: 'refused', reason: 'r' },
  { type: 'started', key: aKey(), pid: 3 },
  { type: 'failed', key: aKey(), message: 'm' },
  { type: 'exited', key: aKey(), exitCode: 3, killed: true },
  { type: 'taken', pid: 3 },
]
const READERS = [
  ...FROM_WORKER.map((message) => [parseWorkerMessage, message] as const),
  ...FROM_LAUNCHER.map((message) => [parseLauncherMessage, message] as const),
  [parseLaunchOrder, ORDER] as const,
]

test.each(READERS)('%o reads what it should: %o', (read, message) => {
  expect(read(message)).toEqual(message)
})

test.each(READERS)('%o refuses it without any of its fields: %o', (read, message) => {
  for (const name of Object.keys(message)) {
    const { [name]: value, ...without } = message as Record<string, unknown>
    expect(() => read(without), name).toThrow(ProtocolError)
    if (typeof value === 'object') continue
    expect(() => read({ ...without, [name]: { a: 1 } }), name).toThrow(ProtocolError)
  }
})

test.each([
  ['workDir', 'x'.repeat(100_000)],
  ['argv', ['x'.repeat(100_000)]],
  ['env', { [`${'x'.repeat(100_000)}=`]: '' }],
  ['files', { ['/'.repeat(100_000)]: '' }],
  ['scratchDirs', ['x'.repeat(100_000)]],
])('what is wrong in %s of an order is not shown in full length', (name, value) => {
  const parse = () => parseLaunchOrder({ ...ORDER, [name]: value })
  expect(parse).toThrow(ProtocolError)
  expect(parse).toThrow(/^.{1,600}$/)
})

test('any JSON value gives a message or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...READERS), (value, [read]) => {
      try {
        read(value)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})

test.each(['..', 'a/b', 'a b', '', 'x'.repeat(256)])('%j is no application id', (applicationId) => {
  const message = { type: 'kill', key: { applicationId, executor: 0 } }
  expect(() => parseWorkerMessage(message)).toThrow(/cannot be an application id|not a text/)
})

test('the environment keeps a variable called __proto__ as one', () => {
  const env: unknown = JSON.parse('{"__proto__":"x","A":"b"}')
  const order = parseLaunchOrder({ ...ORDER, env })
  expect(Object.entries(order.env)).toEqual([
    ['__proto__', 'x'],
    ['A', 'b'],
  ])
})

test.each([
  [
    'a held process',
    parseLauncherMessage,
    (custom: unknown) => ({ type: 'held', process: { ...HELD, custom } }),
  ],
  ['a launch order', parseLaunchOrder, (custom: unknown) => ({ ...ORDER, custom })],
] as const)('%s keeps its custom resources, and none that are odd', (_what, read, message) => {
  const custom = { gpu: ['0', '1'], fpga: ['f0'] }
  expect(read(message(custom))).toEqual(message(custom))
  for (const odd of [null, [], { gpu: '0' }, { gpu: [0] }, { '../x': ['0'] }]) {
    expect(() => read(message(odd)), JSON.stringify(odd)).toThrow(ProtocolError)
  }
})

test.each(['', '.', '..', 'a/b', '/etc/passwd', 'a\0b', 'stdout', 'stderr', 'x'.repeat(256)])(
  '%j names no file of a work directory',
  (name) => {
    expect(() => parseLaunchOrder({ ...ORDER, files: { [name]: '' } })).toThrow(
      /is no name for a file of its work directory/,
    )
  },
)
