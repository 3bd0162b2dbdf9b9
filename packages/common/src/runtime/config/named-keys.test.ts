import { expect, test } from 'vitest'
import { ignoredKeys } from './ignored-keys.ts'
import { readNamedConfig } from './named-keys.ts'
import type { ConfigTable } from './table.ts'

const TABLE = {
  amount: {
    key: 'spark.worker.resource.{name}.amount',
    kind: 'integer',
    default: undefined,
    max: 100,
    doc: 'Units.',
  },
  script: {
    key: 'spark.worker.resource.{name}.discoveryScript',
    kind: 'string',
    default: undefined,
    doc: 'Program.',
  },
} as const satisfies ConfigTable

function read(properties: Record<string, string>) {
  return [...readNamedConfig(TABLE, new Map(Object.entries(properties)))]
}

test('values are gathered by the name in their key', () => {
  expect(
    read({
      'spark.worker.resource.gpu.amount': '2',
      'spark.worker.resourcesFile': '/etc/resources.json',
      'spark.worker.resource.fpga.amount': '1',
      'spark.worker.resource.gpu.discoveryScript': '/opt/gpu.sh',
      'spark.worker.resource.gpu.vendor': 'nvidia.com',
    }),
  ).toEqual([
    ['gpu', { amount: 2, script: '/opt/gpu.sh' }],
    ['fpga', { amount: 1, script: undefined }],
  ])
})

test('a name may be anything, even what a pattern or a replacement would take for its own', () => {
  expect(
    read({
      'spark.worker.resource.a.b.amount': '1',
      'spark.worker.resource.$&.amount': '2',
      'spark.worker.resource..amount': '3',
      'sparkXworker.resource.gpu.amount': '4',
    }),
  ).toEqual([
    ['a.b', { amount: 1, script: undefined }],
    ['$&', { amount: 2, script: undefined }],
  ])
})

test('bad values of all names are reported at once, under their own keys', () => {
  expect(() =>
    read({
      'spark.worker.resource.gpu.amount': 'two',
      'spark.worker.resource.fpga.amount': '101',
    }),
  ).toThrow(
    'spark.worker.resource.gpu.amount: "two" is not a whole number from 0 to 100\n' +
      'spark.worker.resource.fpga.amount: "101" is not a whole number from 0 to 100',
  )
})

test('a named key that is honoured is not listed as ignored; a misspelt one is', () => {
  const properties = new Map([
    ['spark.worker.resource.gpu.amount', '2'],
    ['spark.worker.resource.gpu.amonut', '2'],
  ])
  expect(ignoredKeys([TABLE], properties)).toEqual(['spark.worker.resource.gpu.amonut'])
})
