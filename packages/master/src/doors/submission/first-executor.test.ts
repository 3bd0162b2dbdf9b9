import { expect, test } from 'vitest'
import { coresOf, customAmountsOf, firstExecutorOf, memoryOf } from './first-executor.ts'
import { propertiesOf } from './java-properties.ts'

function firstOf(javaOptions: readonly string[], environment: Record<string, string> = {}) {
  return firstExecutorOf(propertiesOf(javaOptions), environment)
}

test('the first executor is what Spark’s keys say, one core and 1 GiB without them', () => {
  expect(firstOf([])).toEqual({ cores: 1, memoryMb: 1024 })
  const keys = [
    '-Dspark.executor.cores=4',
    '-Dspark.executor.memory=2g',
    '-Dspark.executor.cores=3',
  ]
  expect(firstOf(keys)).toEqual({ cores: 3, memoryMb: 2048 })
  const custom = [
    '-Dspark.executor.resource.gpu.amount=2',
    '-Dspark.executor.resource.fpga.amount=0',
  ]
  expect(firstOf([...custom, '-Dspark.executor.resource.gpu.vendor=x'])).toEqual({
    ...{ cores: 1, memoryMb: 1024 },
    custom: { gpu: 2 },
  })
})

test('memory may stand in the environment, where the key is not set', () => {
  const environment = { SPARK_EXECUTOR_MEMORY: '300m' }
  expect(firstOf([], environment)?.memoryMb).toBe(300)
  expect(firstOf(['-Dspark.executor.memory=1g'], environment)?.memoryMb).toBe(1024)
})

test('an application that runs in its driver needs no executor, every other one does', () => {
  for (const master of ['local', 'local[*]', 'local[2,3]', 'local-cluster[1,1,1024]']) {
    expect(firstOf([`-Dspark.master=${master}`])).toBe(null)
  }
  for (const master of ['spark://local:7077', 'localhost', 'spark://h:7077']) {
    expect(firstOf([`-Dspark.master=${master}`])).not.toBe(null)
  }
  // It starts executors all the same (standalone, static allocation).
  expect(firstOf(['-Dspark.executor.instances=0'])).not.toBe(null)
})

test.each([
  [
    ['-Dspark.executor.cores=0'],
    'spark.executor.cores is "0"; it must be a whole number from 1 to 1000000',
  ],
  [
    ['-Dspark.executor.cores=two'],
    'spark.executor.cores is "two"; it must be a whole number from 1 to 1000000',
  ],
  [
    ['-Dspark.executor.memory=lots'],
    'spark.executor.memory is "lots", not a size such as 512m or 2g',
  ],
  [
    ['-Dspark.executor.memory=1k'],
    'spark.executor.memory is "1k"; it must be from 1m to 1073741824m',
  ],
  [
    ['-Dspark.executor.resource.gpu.amount=1.5'],
    'spark.executor.resource.gpu.amount is "1.5"; it must be a whole number from 1 to 1000000',
  ],
  [
    ['-Dspark.executor.resource.a b.amount=1'],
    '"a b" cannot name a custom resource; use letters, digits, - and _',
  ],
])('%s is refused', (javaOptions, sentence) => {
  expect(() => firstOf(javaOptions)).toThrow(sentence)
})

test('a hundred kinds are enough', () => {
  const keys = Array.from(
    { length: 101 },
    (_, i) => [`spark.driver.resource.r${i}.amount`, '1'] as const,
  )
  expect(() => customAmountsOf(new Map(keys), 'spark.driver.resource.')).toThrow(/at most 100/)
  expect(customAmountsOf(new Map(), 'spark.driver.resource.')).toBeUndefined()
})

test('a long value is shown only so far', () => {
  expect(() => coresOf('k', '9'.repeat(100_000))).toThrow(/^k is "9{200}"; /)
  expect(() => memoryOf('k', 'x'.repeat(100_000))).toThrow(/^k is "x{200}", /)
})
