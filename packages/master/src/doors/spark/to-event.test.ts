import { readFileSync } from 'node:fs'
import path from 'node:path'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { decodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { expect, test } from 'vitest'
import { toDescription, toEvent } from './to-event.ts'

const FIXTURES = path.join(import.meta.dirname, '../../../../../test/fixtures/spark')

function recordedRegistration(release: string) {
  const file = path.join(FIXTURES, release, 'client-mode', 'frames.hex')
  const decoder = new FrameDecoder(DEFAULT_RPC_LIMITS)
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    for (const frame of decoder.push(Buffer.from(line, 'hex'))) {
      if (frame.kind !== 'one-way') continue
      const message = decodeSparkMessage(decodeEnvelope(frame.body).content)
      if (message.type === 'RegisterApplication') return message
    }
  }
  throw new Error(`no RegisterApplication in ${file}`)
}

test.each(['3.5.9', '4.0.1', '4.1.4', '4.3.0'])('what a driver of %s asks for', (release) => {
  const { description } = recordedRegistration(release)
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
  const { description } = recordedRegistration('4.3.0')
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
})
