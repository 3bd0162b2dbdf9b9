// Checks class-descriptors.json against what the JVM says of the released jars, and writes it:
// REWRITE=1 npx vitest run --project unit packages/common/src/protocol/spark-rpc/class-table.test.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  readClassDescriptors,
  type DescribedClass,
} from '../../../../../test/fixtures/spark/recordings.ts'
import { classTableOf } from './class-table.ts'
import type { ScalaLine } from './scala-profile.ts'

const FILE = new URL('./class-descriptors.json', import.meta.url)

const MESSAGES = [
  'RegisterApplication',
  'UnregisterApplication',
  'MasterChangeAcknowledged',
  'RequestExecutors',
  'KillExecutors',
  'RegisteredApplication',
  'ExecutorAdded',
  'ExecutorUpdated',
  'ApplicationRemoved',
  'WorkerRemoved',
  'MasterChanged',
  'RegisterWorker',
  'WorkerLatestState',
  'Heartbeat',
  'ExecutorStateChanged',
  'WorkerSchedulerStateResponse',
  'WorkerExecutorStateResponse',
  'WorkerDriverStateResponse',
  'WorkerDecommissioning',
  'RegisteredWorker',
  'RegisterWorkerFailed',
  'ReconnectWorker',
  'LaunchExecutor',
  'KillExecutor',
  'ApplicationFinished',
  'RequestSubmitDriver',
  'RequestKillDriver',
  'RequestDriverStatus',
  'SubmitDriverResponse',
  'KillDriverResponse',
  'DriverStatusResponse',
  'LaunchDriver',
  'KillDriver',
  'DriverStateChanged',
].map((name) => `org.apache.spark.deploy.DeployMessages$${name}`)

// What Hearth writes to real drivers, workers and masters, besides the messages themselves.
const TO_SPARK = [
  'org.apache.spark.rpc.netty.RpcEndpointVerifier$CheckExistence',
  'java.lang.Boolean',
  'java.lang.Exception',
  'java.lang.Integer',
  'scala.Some',
  'scala.None$',
  'scala.Enumeration$Val',
  'scala.collection.immutable.Map$EmptyMap$',
  'org.apache.spark.rpc.RpcAddress',
  'org.apache.spark.deploy.ExecutorDescription',
]
// Scala 2.13 names these objects only, without their UID.
const TO_SPARK_2_12 = [
  'org.apache.spark.deploy.ExecutorState$',
  'org.apache.spark.deploy.master.DriverState$',
  'org.apache.spark.deploy.DeployMessages$MasterInStandby$',
  'org.apache.spark.deploy.DeployMessages$DecommissionWorker$',
]
const TO_SPARK_2_13 = ['scala.runtime.ModuleSerializationProxy']

// What only drivers and workers write, so that tests and load generators can speak as one. The UIDs of
// some differ between releases; those of one release per line are taken.
const AS_A_PEER = [
  'org.apache.spark.deploy.ApplicationDescription',
  'org.apache.spark.deploy.DriverDescription',
  'org.apache.spark.deploy.Command',
  'org.apache.spark.resource.ResourceProfile',
  'org.apache.spark.resource.ExecutorResourceRequest',
  'org.apache.spark.resource.TaskResourceRequest',
  'org.apache.spark.resource.ResourceInformation',
  'org.apache.spark.resource.ResourceRequirement',
  'org.apache.spark.rpc.netty.NettyRpcEndpointRef',
  'org.apache.spark.rpc.RpcEndpointAddress',
  'org.apache.spark.rpc.RpcTimeout',
  'scala.concurrent.duration.FiniteDuration',
  'java.util.concurrent.TimeUnit',
  'java.net.URI',
]
const AS_A_PEER_2_12 = [
  'scala.collection.immutable.List$SerializationProxy',
  'scala.collection.immutable.ListSerializeEnd$',
  'scala.collection.immutable.HashMap$SerializationProxy',
]
const AS_A_PEER_2_13 = [
  'scala.collection.generic.DefaultSerializationProxy',
  'scala.collection.IterableFactory$ToFactory',
  'scala.collection.MapFactory$ToFactory',
  'scala.Tuple2',
]

const SOURCES: Record<ScalaLine, string> = { '2.12': '3.5.9-scala2.12', '2.13': '4.1.4-scala2.13' }
const RELEASES: Record<ScalaLine, string[]> = {
  '2.12': ['3.5.9-scala2.12'],
  '2.13': ['3.5.9-scala2.13', '4.0.1-scala2.13', '4.1.4-scala2.13', '4.3.0-scala2.13'],
}
const FROM_JVM = readClassDescriptors()

const WANTED: Record<ScalaLine, string[]> = {
  '2.12': [...MESSAGES, ...TO_SPARK, ...TO_SPARK_2_12, ...AS_A_PEER, ...AS_A_PEER_2_12],
  '2.13': [...MESSAGES, ...TO_SPARK, ...TO_SPARK_2_13, ...AS_A_PEER, ...AS_A_PEER_2_13],
}

function withSuperclasses(names: string[], source: Record<string, DescribedClass>): string[] {
  const all = new Set<string>()
  for (let name of names) {
    while (!all.has(name)) {
      all.add(name)
      const above = source[name]?.super
      if (above == null) break
      name = above
    }
  }
  return [...all].sort()
}

function reducedTable(line: ScalaLine): Record<string, object> {
  const source = FROM_JVM[SOURCES[line]] ?? {}
  const rows = withSuperclasses(WANTED[line], source).map((name) => {
    const row = source[name]
    if (row === undefined) throw new Error(`${name} is not described for ${SOURCES[line]}`)
    const fields = row.fields.map((field) => [field.name, field.type])
    return [name, { uid: row.uid, flags: row.flags, fields, super: row.super }]
  })
  return Object.fromEntries(rows) as Record<string, object>
}

function onePerLine<T>(entries: Record<string, T>, format: (value: T) => string): string {
  const lines = Object.entries(entries).map(([key, value]) => `"${key}": ${format(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}

test('the table is the part of the JVM’s descriptions that we write', () => {
  const table = { '2.12': reducedTable('2.12'), '2.13': reducedTable('2.13') }
  const text = `${onePerLine(table, (rows) => onePerLine(rows, JSON.stringify))}\n`
  if (process.env['REWRITE'] !== undefined) writeFileSync(FILE, text)
  expect(readFileSync(FILE, 'utf8')).toBe(text)
})

describe.each(['2.12', '2.13'] as const)('Scala %s', (line) => {
  test.each(RELEASES[line])('what a Spark %s is sent is what their JVM knows', (release) => {
    const extra = line === '2.12' ? TO_SPARK_2_12 : TO_SPARK_2_13
    const source = FROM_JVM[release] ?? {}
    for (const name of withSuperclasses([...MESSAGES, ...TO_SPARK, ...extra], source)) {
      const { uid, flags, fields, superclass } = classTableOf(line).descriptor(name)
      const described = {
        uid: String(uid),
        flags,
        fields: fields.map((field) => ({ name: field.name, type: field.signature ?? field.type })),
        super: superclass?.name ?? null,
      }
      expect(described, name).toEqual({ ...source[name], explicitUid: undefined })
    }
  })
})

test('an override changes the UID of that class and of no other', () => {
  const added = 'org.apache.spark.deploy.DeployMessages$ExecutorAdded'
  const classes = classTableOf({ line: '2.13', uidOverrides: new Map([[added, 7n]]) })
  expect(classes.descriptor(added).uid).toBe(7n)
  const removed = 'org.apache.spark.deploy.DeployMessages$WorkerRemoved'
  expect(classes.descriptor(removed)).toEqual(classTableOf('2.13').descriptor(removed))
})

test('a class that is not in the table is a mistake of ours', () => {
  expect(() => classTableOf('2.12').descriptor('scala.Tuple2')).toThrow(/scala.Tuple2/)
  expect(() => classTableOf('2.12').descriptor('toString')).toThrow(/toString/)
})
