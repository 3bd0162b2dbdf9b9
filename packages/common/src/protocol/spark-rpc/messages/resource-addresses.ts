// Custom resources with their addresses: what a worker offers, and what an executor or driver got of it.
import { javaObject } from '../../java-serialization/build.ts'
import { arrayField, describeValue, isObject, isText } from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import {
  javaString,
  type JavaClassDescriptor,
  type JavaObject,
} from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { mapOf, textKeyedField } from '../scala-values/maps.ts'

/** Addresses by the name of their resource: `{ gpu: ['0', '1'] }`. */
export type ResourceAddresses = Readonly<Record<string, readonly string[]>>

// class ResourceInformation(val name: String, val addresses: Array[String]), org.apache.spark.resource,
// 3.5.9–4.3.0; its UID differs between the Scala 2.13 builds of 3.5 and of 4.x.
const CLASS = 'org.apache.spark.resource.ResourceInformation'

// The UID of an array is not compared (java.io.ObjectStreamClass); this is the JDK's.
const STRINGS: JavaClassDescriptor = {
  kind: 'descriptor',
  name: '[Ljava.lang.String;',
  uid: -5_921_575_005_990_323_385n,
  flags: 2,
  fields: [],
  superclass: null,
}

/** A `Map[String, ResourceInformation]` field. */
export function resourceAddressesField(
  object: JavaObject,
  name: string,
  budget: ReadBudget,
): ResourceAddresses {
  const entries = textKeyedField(object, name, budget).map(([resource, value]) => {
    if (!isObject(value) || value.descriptor.name !== CLASS) {
      throw new ProtocolError(
        `${name} of ${object.descriptor.name} holds ${describeValue(value)}, not ${CLASS}`,
      )
    }
    return [resource, readAddresses(value, budget)] as const
  })
  return Object.fromEntries(entries)
}

export function describeAddressesOfResources(
  classes: ClassTable,
  resources: ResourceAddresses,
): JavaObject {
  return mapOf(
    classes,
    Object.entries(resources).map(([name, addresses]) => [
      javaString(name),
      javaObject(classes.descriptor(CLASS), {
        name: javaString(name),
        addresses: { kind: 'array', descriptor: STRINGS, elements: addresses.map(javaString) },
      }),
    ]),
  )
}

function readAddresses(information: JavaObject, budget: ReadBudget): string[] {
  const { elements } = arrayField(information, 'addresses')
  budget.spendValues(elements.length)
  return elements.map((element) => {
    if (!isText(element)) {
      throw new ProtocolError(`an address of a resource is ${describeValue(element)}, not a string`)
    }
    budget.spendText(element.text)
    return element.text
  })
}
