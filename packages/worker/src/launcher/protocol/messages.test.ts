import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { aDriverKey, aDriverPayload, aKey, aPayload } from '../launcher-fixture.ts'
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
    leased: false,
  },
}
const DRIVER = { key: aDriverKey(), payload: aDriverPayload() }
const HELLO = { version: 1, token: 't', pid: 2, orphanLimitMs: 3, killGraceMs: 4 }
const FROM_WORKER = [
  { type: 'hello', ...HELLO, driverGraceMs: 5 },
  { type: 'authenticate', auth: null },
  { type: 'authenticate', auth: defaultAuthSettings('correct horse') },
  { type: 'launch', key: aKey(), order: { anything: true } },
  { type: 'kill', key: aKey() },
  { type: 'forget', key: aKey() },
  { type: 'kill', key: aDriverKey(2) },
  { type: 'renew-lease', endsAtMs: 6 },
  { type: 'shutdown' },
]
const FROM_LAUNCHER = [
  { type: 'welcome', version: 1, token: 't', id: 'i', pid: 2, port: 3, heldCount: 1 },
  { type: 'held', process: HELD },
  { type: 'refused', reason: 'r' },
  { type: 'started', key: aKey(), pid: 3 },
  { type: 'failed', key: aKey(), message: 'm' },
  { type: 'not-taken', key: aKey(), message: 'm' },
  { type: 'exited', key: aKey(), exitCode: 3, killed: true, message: null },
  { type: 'exited', key: aDriverKey(), exitCode: 3, killed: true, message: 'm' },
  { type: 'held', process: { ...HELD, ...DRIVER } },
  { type: 'taken', pid: 3 },
]
const READERS = [
  ...FROM_WORKER.map((message) => [parseWorkerMessage, message] as const),
  ...FROM_LAUNCHER.map((message) => [parseLauncherMessage, message] as const),
  [parseLaunchOrder, ORDER] as const,
  [
    parseLaunchOrder,
    { ...ORDER, ...DRIVER, leased: true, workDir: `/w/${aDriverKey().driverId}` },
  ] as const,
]

test.each(READERS)('%o reads what it should: %o', (read, message) => {
  expect(read(message)).toEqual(message)
})

test.each(READERS)('%o refuses it without any of its fields: %o', (read, message) => {
  for (const name of Object.keys(message)) {
    // A worker of protocol version 2 does not say it, and must be refused for its version.
    if (name === 'driverGraceMs') continue
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

test.each(['..', 'a/b', 'a b', '', 'x'.repeat(256)])('%j is no driver id', (driverId) => {
  const message = { type: 'kill', key: { kind: 'driver', driverId, attempt: 1 } }
  expect(() => parseWorkerMessage(message)).toThrow(/cannot be a driver id|not a text/)
})

test('a key without a kind is an executor’s: an older launcher knew no others', () => {
  const { kind: _kind, ...old } = aKey()
  expect(parseWorkerMessage({ type: 'kill', key: old })).toEqual({ type: 'kill', key: aKey() })
  expect(() => parseWorkerMessage({ type: 'kill', key: { ...aKey(), kind: 'x' } })).toThrow(
    ProtocolError,
  )
})

test('the greeting of a worker that knows no drivers is read, so that its version is what refuses it', () => {
  expect(parseWorkerMessage({ type: 'hello', ...HELLO })).toMatchObject(HELLO)
})

test('a payload is of its process’s kind', () => {
  expect(() => parseLaunchOrder({ ...ORDER, payload: aDriverPayload() })).toThrow(ProtocolError)
  expect(() => parseLaunchOrder({ ...ORDER, ...DRIVER, payload: aPayload() })).toThrow(
    'the payload of a driver is of another kind',
  )
})

test('a driver runs in its own directory and nowhere else', () => {
  for (const workDir of ['/w/driver-9', `/w/${aDriverKey().driverId}/1`, '/']) {
    expect(() => parseLaunchOrder({ ...ORDER, ...DRIVER, workDir })).toThrow(
      `is not an absolute path that ends in ${aDriverKey().driverId}`,
    )
  }
})

test.each([
  ['an argument', { argv: ['/bin/true', 'a\0b'] }],
  ['a value of the environment', { env: { A: 'b\0C=d' } }],
  ['a name of the environment', { env: { 'A\0B': 'c' } }],
])('%s with a NUL is refused in words', (_what, change) => {
  expect(() => parseLaunchOrder({ ...ORDER, ...change })).toThrow('holds a NUL character')
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

test('an order says how logs are rolled, or nothing of it, as one of an earlier worker does', () => {
  const bySize = { by: 'size', maxBytes: 100_000 }
  const byTime = { by: 'time', intervalMs: 60_000, names: 'minute' }
  const rolling = { strategy: bySize, maxRetainedFiles: 3, compress: true }
  const all = [rolling, { ...rolling, maxRetainedFiles: null }, { ...rolling, strategy: byTime }]
  for (const one of all) {
    expect(parseLaunchOrder({ ...ORDER, rolling: one })).toEqual({ ...ORDER, rolling: one })
  }
  expect(parseLaunchOrder(ORDER)).not.toHaveProperty('rolling')
  for (const odd of [
    ...[null, [], {}, { ...rolling, strategy: null }, { ...rolling, strategy: { by: 'week' } }],
    ...[
      { ...rolling, maxRetainedFiles: 0 },
      { ...rolling, maxRetainedFiles: 1.5 },
    ],
    { ...rolling, compress: 1 },
    ...[0, -1, '9'].map((maxBytes) => ({ ...rolling, strategy: { ...bySize, maxBytes } })),
    ...[0, null].map((intervalMs) => ({ ...rolling, strategy: { ...byTime, intervalMs } })),
    { ...rolling, strategy: { ...byTime, names: 'year' } },
  ]) {
    const parse = () => parseLaunchOrder({ ...ORDER, rolling: odd })
    expect(parse, JSON.stringify(odd)).toThrow(ProtocolError)
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
