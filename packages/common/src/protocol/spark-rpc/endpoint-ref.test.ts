import { expect, test } from 'vitest'
import { fieldOf, objectField, textField } from '../java-serialization/fields.ts'
import {
  javaString,
  type JavaClassDescriptor,
  type JavaObject,
} from '../java-serialization/tree.ts'
import { classTableOf } from './class-table.ts'
import { describeEndpointRef, echoEndpointRef, type EndpointRef } from './endpoint-ref.ts'

const driver = describeEndpointRef(classTableOf('2.13'), 'AppClient', { host: 'd1', port: 4040 })
const MASTER = { name: 'Master', address: { host: 'm1', port: 7077 } }

// The reference as a release with three more fields would send it.
function withMoreFields({ graph, ...rest }: EndpointRef): EndpointRef {
  const own = graph.levels.at(-1)
  if (own === undefined) throw new Error('no fields')
  const descriptor: JavaClassDescriptor = {
    ...own.descriptor,
    uid: 99n,
    fields: [
      { name: 'retries', type: 'I', signature: null },
      ...own.descriptor.fields,
      { name: 'note', type: 'L', signature: 'Ljava/lang/String;' },
      { name: 'constructor', type: 'L', signature: 'Ljava/lang/Object;' },
    ],
  }
  const values = [3, ...own.values, javaString('ours?'), javaString('whose?')]
  const levels = [...graph.levels.slice(0, -1), { descriptor, values, annotation: [] }]
  return { ...rest, graph: { kind: 'object', descriptor, levels } }
}

test('our reference has our name and address, and the driver’s classes and time-out', () => {
  const { graph, ...master } = echoEndpointRef(driver, MASTER)
  expect(master).toEqual(MASTER)
  expect(graph.descriptor).toBe(driver.graph.descriptor)
  const address = objectField(graph, 'endpointAddress')
  expect(textField(address, 'name')).toBe('Master')
  expect(textField(address, 'toString')).toBe('spark://Master@m1:7077')
  expect(fieldOf(objectField(address, 'rpcAddress'), 'port')).toBe(7077)
  const timeout = (ref: JavaObject) => objectField(ref, 'defaultAskTimeout')
  expect(timeout(graph)).toEqual(timeout(driver.graph))
})

test('fields of an unknown release: primitives are kept, references are null', () => {
  const { graph } = echoEndpointRef(withMoreFields(driver), MASTER)
  expect(graph.descriptor.uid).toBe(99n)
  expect(fieldOf(graph, 'retries')).toBe(3)
  expect(fieldOf(graph, 'note')).toBeNull()
  expect(fieldOf(graph, 'constructor')).toBeNull()
})

test('a reference without an address, or without a time-out, describes no reference of ours', () => {
  for (const [name, why] of [
    ['endpointAddress', 'field endpointAddress of'],
    ['defaultAskTimeout', 'field defaultAskTimeout of'],
  ] as const) {
    const levels = driver.graph.levels.map((level) => ({
      ...level,
      values: level.values.map((value, i) =>
        level.descriptor.fields[i]?.name === name ? null : value,
      ),
    }))
    const received = { ...driver, graph: { ...driver.graph, levels } }
    expect(() => echoEndpointRef(received, MASTER)).toThrow(why)
  }
})
