// Submissions that no client sends.
import { describe, expect, test } from 'vitest'
import { cpuTimeMs } from '../../../../../../test/support/cpu-time.ts'
import { javaObject } from '../../java-serialization/build.ts'
import { javaString, type JavaObject, type JavaValue } from '../../java-serialization/tree.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { classTableOf } from '../class-table.ts'
import { boxInteger, option } from '../scala-values/option.ts'
import { listOf } from '../scala-values/sequences.ts'
import { describeDriver, type SparkDriverDescription } from './driver-description.ts'
import { deployMessage } from './message-codec.ts'
import { decodeSparkMessage, type SparkMessage } from './spark-message.ts'

const classes = classTableOf('2.13')
const driver: Omit<SparkDriverDescription, 'graph'> = {
  jarUrl: 'file:/a.jar',
  mem: 512,
  cores: 1,
  supervise: false,
  command: {
    mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
    arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', 'Main'],
    environment: {},
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: [],
  },
  resourceReqs: [],
}
const good = describeDriver(classes, driver).graph

function submission(graph: JavaValue): Uint8Array {
  return encodeJavaStream(
    javaObject(classes.descriptor(deployMessage('RequestSubmitDriver')), {
      driverDescription: graph,
    }),
  )
}

function withField(object: JavaObject, name: string, value: JavaValue): JavaObject {
  const levels = object.levels.map((level) => ({
    ...level,
    values: level.values.map((old, i) => (level.descriptor.fields[i]?.name === name ? value : old)),
  }))
  return { ...object, levels }
}

function requirement(fields: { resourceName: JavaValue; amount: number }): JavaObject {
  const descriptor = classes.descriptor('org.apache.spark.resource.ResourceRequirement')
  return javaObject(descriptor, { ...fields, numParts: 1 })
}

function refused(bytes: Uint8Array, why: RegExp | string) {
  expect(() => decodeSparkMessage(bytes)).toThrow(ProtocolError)
  expect(() => decodeSparkMessage(bytes)).toThrow(why)
}

test('numbers and names are passed on as they are, for the master to judge', () => {
  const environment = Object.fromEntries([
    ['__proto__', 'a'],
    ['A\nB', 'c\0d'],
  ]) as Record<string, string>
  const strange = {
    ...driver,
    ...{ jarUrl: '$(rm -rf /)', mem: -1, cores: 0 },
    command: { ...driver.command, environment },
    resourceReqs: [{ resourceName: '../gpu', amount: -7, numParts: 0 }],
  }
  const { graph: _, ...back } = submitted(submission(describeDriver(classes, strange).graph))
  expect(back).toEqual(strange)
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
})

describe('refused', () => {
  test('parts of another class than they should be', () => {
    refused(submission(null), /field driverDescription .* is null/)
    refused(submission(boxInteger(classes, 1)), /a driver is described by java.lang.Integer, not/)
    refused(submission(withField(good, 'jarUrl', null)), /field jarUrl .* is null, not a string/)
    refused(submission(withField(good, 'command', javaString('rm'))), /field command .* a string/)
    refused(
      submission(withField(good, 'resourceReqs', listOf(classes, [javaString('gpu')]))),
      /sequence resourceReqs .* not only objects/,
    )
    refused(
      submission(withField(good, 'resourceReqs', listOf(classes, [good]))),
      /what a driver needs is a org.apache.spark.deploy.DriverDescription, not/,
    )
    refused(
      submission(
        withField(
          good,
          'resourceReqs',
          listOf(classes, [requirement({ resourceName: null, amount: 1 })]),
        ),
      ),
      /field resourceName .* is null/,
    )
  })

  test.each([
    ['200,000 times', 200_000, 'gpu'],
    ['with a long name, 1,000 times', 1_000, 'x'.repeat(10_000)],
  ])('one requirement, referred to %s', (_how, count, name) => {
    const one = requirement({ resourceName: javaString(name), amount: 1 })
    const many = Array.from({ length: count }, () => one)
    const bytes = submission(withField(good, 'resourceReqs', listOf(classes, many)))
    expect(bytes.length).toBeLessThan(1_100_000)
    const startedAt = cpuTimeMs()
    refused(bytes, 'its shared parts unfold to more than is accepted')
    expect(cpuTimeMs() - startedAt).toBeLessThan(4_000)
  })

  test('a state that is none, or one of executors', () => {
    const changed = (state: JavaValue, exception: JavaValue = option(classes, null)) =>
      encodeJavaStream(
        javaObject(classes.descriptor(deployMessage('DriverStateChanged')), {
          driverId: javaString('driver-1'),
          state,
          exception,
        }),
      )
    const stateOf = (className: string, i: number) => {
      const outer = classes.singleton(className)
      return javaObject(classes.descriptor('scala.Enumeration$Val'), {
        ...{ i, name: null, $outer: outer, scala$Enumeration$$outerEnum: outer },
      })
    }
    const driverState = 'org.apache.spark.deploy.master.DriverState$'
    expect(decodeSparkMessage(changed(stateOf(driverState, 5)))).toMatchObject({ state: 'KILLED' })
    refused(changed(stateOf(driverState, 8)), /has no value number 8/)
    refused(changed(stateOf('org.apache.spark.deploy.ExecutorState$', 5)), /not of .*DriverState/)
    refused(changed(null), /field state .* is null/)
    refused(
      changed(stateOf(driverState, 7), option(classes, good)),
      /option exception .* holds object of .*DriverDescription, not an exception/,
    )
    const status = (state: JavaValue) =>
      encodeJavaStream(
        javaObject(classes.descriptor(deployMessage('DriverStatusResponse')), {
          found: true,
          state: option(classes, state),
          ...Object.fromEntries(
            ['workerId', 'workerHostPort', 'exception'].map((name) => [
              name,
              option(classes, null),
            ]),
          ),
        }),
      )
    expect(decodeSparkMessage(status(stateOf(driverState, 0)))).toMatchObject({
      state: 'SUBMITTED',
    })
    refused(status(javaString('RUNNING')), /option state .* holds a string/)
  })
})

function submitted(bytes: Uint8Array): SparkDriverDescription {
  const message: SparkMessage = decodeSparkMessage(bytes)
  if (message.type !== 'RequestSubmitDriver') throw new Error('not a submission')
  return message.description
}
