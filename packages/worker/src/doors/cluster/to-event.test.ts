import { expect, test } from 'vitest'
import type {
  MasterToWorker,
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { captionOf } from './caption.ts'
import { toEvent } from './to-event.ts'

const PAYLOAD: SparkExecutorPayload = {
  kind: 'spark-executor',
  applicationName: 'Pi',
  user: 'ann',
  maxCores: 4,
  resourceProfileId: 0,
  command: {
    mainClass: 'Main',
    arguments: ['--cores', '{{CORES}}'],
    environment: { A: 'b', C: 'd' },
    classPathEntries: [],
    libraryPathEntries: ['/lib'],
    javaOptions: ['-Da=b', '-Dc=d'],
  },
}

const REGISTERED: MasterToWorker = {
  type: 'registered',
  clusterId: 'c1',
  epoch: 7,
  masterUrl: 'spark://m1:7077',
  masterWebUiUrl: 'http://m1:8080',
  heartbeatIntervalMs: 15_000,
  wasLost: false,
  keep: [{ applicationId: 'app-1', executor: 0 }],
  keepDrivers: [],
  leaseMs: 60_000,
}

test('orders carry their link and epoch, and a caption for people', () => {
  const order = { applicationId: 'app-1', executor: 3, epoch: 7 }
  const key = { kind: 'executor', applicationId: 'app-1', executor: 3 }
  expect(toEvent(9, { type: 'kill-executor', ...order })).toEqual({
    ...{ type: 'process.kill-ordered', link: 9, epoch: 7, key },
  })
  const launch = {
    type: 'launch-executor',
    ...order,
    cores: 2,
    memoryMb: 512,
    payload: PAYLOAD,
  } as const
  expect(toEvent(9, launch)).toEqual({
    ...{ type: 'process.launch-ordered', link: 9, epoch: 7, key },
    resources: { cores: 2, memoryMb: 512 },
    payload: PAYLOAD,
    ...{ mustFetch: false, leased: false },
    caption: {
      name: 'Pi',
      user: 'ann',
      maxCores: 4,
      command:
        'Command(Main,List(--cores, {{CORES}}),Map(A -> b, C -> d),List(),List(/lib),ArraySeq(-Da=b, -Dc=d))',
    },
  })
})

const DRIVER: SparkDriverPayload = {
  kind: 'spark-driver',
  jarUrl: 'http://h/app.jar',
  command: {
    ...PAYLOAD.command,
    mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
    arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', 'org.example.Pi', '10'],
  },
}

test('orders about drivers name the run, what is fetched, and whether it is leased', () => {
  const run = { driverId: 'driver-1', attempt: 2 }
  const key = { kind: 'driver', ...run }
  expect(toEvent(9, { type: 'kill-driver', epoch: 7, ...run })).toEqual({
    ...{ type: 'process.kill-ordered', link: 9, epoch: 7, key },
  })
  const order = { type: 'launch-driver', epoch: 7, ...run, cores: 1, memoryMb: 512 } as const
  expect(toEvent(9, { ...order, supervised: true, payload: DRIVER })).toMatchObject({
    ...{ type: 'process.launch-ordered', link: 9, epoch: 7, key },
    ...{ mustFetch: true, leased: true, payload: DRIVER },
    caption: { name: 'org.example.Pi', user: '', maxCores: null },
  })
  const nothing = { ...DRIVER, jarUrl: '' }
  expect(toEvent(9, { ...order, supervised: false, payload: nothing })).toMatchObject({
    ...{ mustFetch: false, leased: false },
  })
})

test('a driver that is no wrapped class is known by its main class', () => {
  const command = { ...DRIVER.command, mainClass: 'org.example.Own', arguments: ['a', 'b'] }
  expect(captionOf({ ...DRIVER, command }).name).toBe('org.example.Own')
})

test('a master takes a worker out of service', () => {
  expect(toEvent(9, { type: 'decommission', epoch: 7 })).toEqual({
    ...{ type: 'decommission.ordered', link: 9, epoch: 7 },
  })
})

test('the addresses of an order are the executor’s', () => {
  const order = { applicationId: 'app-1', executor: 3, epoch: 7, cores: 2, memoryMb: 512 }
  const custom = { gpu: ['0', '1'] }
  const launch = { type: 'launch-executor', ...order, custom, payload: PAYLOAD } as const
  expect(toEvent(9, launch)).toMatchObject({ resources: { cores: 2, memoryMb: 512, custom } })
})

test('a caption stays short, however long an application speaks of itself', () => {
  const command = { ...PAYLOAD.command, arguments: ['x'.repeat(5_000_000)] }
  const caption = captionOf({ ...PAYLOAD, command, applicationName: 'n'.repeat(1_000_000) })
  expect(caption.name.length + caption.command.length).toBeLessThan(20_000)
})

test('a standby may name a leader, and one that cannot be read is none', () => {
  const leader = (text: string | null) => toEvent(1, { type: 'standby', leader: text })
  expect(leader('m2:7077')).toMatchObject({ leader: { host: 'm2', port: 7077 } })
  expect(leader('nonsense')).toMatchObject({ leader: null })
  expect(leader(null)).toMatchObject({ leader: null })
})

test('a registration names its term and what is kept', () => {
  expect(toEvent(1, REGISTERED)).toMatchObject({
    type: 'master.registered',
    registration: {
      ...{ clusterId: 'c1', epoch: 7, leaseMs: 60_000 },
      keep: [{ kind: 'executor', applicationId: 'app-1', executor: 0 }],
    },
  })
  const keepDrivers = [{ driverId: 'driver-1', attempt: 2 }]
  expect(toEvent(1, { ...REGISTERED, keep: [], keepDrivers })).toMatchObject({
    registration: { keep: [{ kind: 'driver', driverId: 'driver-1', attempt: 2 }] },
  })
})

test.each<[string, MasterToWorker]>([
  [
    'an id that leaves its directory',
    { type: 'kill-executor', epoch: 1, applicationId: '..', executor: 0 },
  ],
  ['the same among the kept', { ...REGISTERED, keep: [{ applicationId: 'a/b', executor: 0 }] }],
  [
    'a driver whose id leaves its directory',
    { type: 'kill-driver', epoch: 1, driverId: '../x', attempt: 1 },
  ],
  [
    'the same among the kept drivers',
    { ...REGISTERED, keepDrivers: [{ driverId: '..', attempt: 1 }] },
  ],
  ['a heartbeat without a pause', { ...REGISTERED, heartbeatIntervalMs: 0 }],
  [
    'an application that cannot be',
    { type: 'application-finished', epoch: 1, applicationId: 'a b' },
  ],
])('refused: %s', (_what, message) => {
  expect(() => toEvent(1, message)).toThrow(ProtocolError)
})
