import { expect, test } from 'vitest'
import { RELEASES } from '../../../../../test/fixtures/spark/recordings.ts'
import { recordedMessage } from '../../../../../test/support/recorded-messages.ts'
import { toDescription, toEvent } from './to-event.ts'

test.each(RELEASES)('what a driver of %s asks for', (release) => {
  const { description } = recordedMessage(release, 'client-mode', 'RegisterApplication')
  const ours = toDescription(description)
  expect(ours).toMatchObject({
    name: 'SparkPi',
    user: 'spark',
    maxCores: 2,
    executorLimit: null,
    executor: { cores: null, memoryMb: 512 },
    payload: {
      kind: 'spark-executor',
      applicationName: 'SparkPi',
      resourceProfileId: 0,
      command: { mainClass: 'org.apache.spark.executor.CoarseGrainedExecutorBackend' },
    },
  })
  // It is stored and sent to workers as JSON.
  expect(JSON.parse(JSON.stringify(ours))).toEqual(ours)
})

test('executor cores and memory come from the default profile', () => {
  const { description } = recordedMessage('4.3.0', 'client-mode', 'RegisterApplication')
  const request = (amount: number) => ({ amount, discoveryScript: '', vendor: '' })
  const executorResources = { cores: request(3) }
  const { executor } = toDescription({
    ...description,
    defaultProfile: { ...description.defaultProfile, executorResources },
  })
  // 1 GiB is Spark's default where a profile says nothing.
  expect(executor).toEqual({ cores: 3, memoryMb: 1024 })
})

test('a message that is not for masters is refused by name', () => {
  const message = { type: 'WorkerRemoved', id: 'w', host: 'h', message: 'm' } as const
  expect(() => toEvent('p', message, undefined)).toThrow(
    /WorkerRemoved is not a message for a master/,
  )
})

test('an application id that could leave a path is refused', () => {
  const message = { type: 'UnregisterApplication', appId: '../x' } as const
  expect(() => toEvent('p', message, undefined)).toThrow(/cannot be an application's id/)
  const long = { ...message, appId: 'x'.repeat(1_000_000) }
  expect(() => toEvent('p', long, undefined)).toThrow(/^"x{255}" cannot be an application's id$/)
})
