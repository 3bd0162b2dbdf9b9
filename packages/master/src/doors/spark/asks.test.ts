import { describe, expect, it } from 'vitest'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { SparkResourceProfile } from '@hearth/common/protocol/spark-rpc/messages/resource-profile.ts'
import { answerAsk } from './asks.ts'
import { toExecutorRequest } from './resource-requests.ts'

function profileOf(id: number, amounts: Readonly<Record<string, number>>): SparkResourceProfile {
  const requests = Object.entries(amounts).map(
    ([name, amount]) => [name, { amount, discoveryScript: '', vendor: '' }] as const,
  )
  return { id, executorResources: Object.fromEntries(requests), taskResources: {} }
}

function eventOf(message: SparkMessage) {
  const answer = answerAsk('d1', 'Master', () => message)
  return answer.kind === 'core' ? answer.toEvent('r1') : answer
}

describe('RequestExecutors', () => {
  it('is a target for each profile, with what the profile asks for', () => {
    const profile = profileOf(3, { cores: 2, memory: 700, offHeap: 5, gpu: 1 })
    const targets = [
      { resourceProfileId: 0, profile: profileOf(0, {}), total: 4 },
      { resourceProfileId: 3, profile, total: 2 },
    ]
    expect(eventOf({ type: 'RequestExecutors', appId: 'app-1', targets })).toEqual({
      type: 'application.executors-requested',
      ...{ peer: 'd1', request: 'r1', applicationId: 'app-1' },
      targets: [
        { profile: 0, executor: { cores: null, memoryMb: null }, total: 4 },
        { profile: 3, executor: { cores: 2, memoryMb: 700, custom: { gpu: 1 } }, total: 2 },
      ],
    })
  })

  it('of less than nothing is of nothing', () => {
    const targets = [{ resourceProfileId: 0, profile: profileOf(0, {}), total: -1 }]
    expect(eventOf({ type: 'RequestExecutors', appId: 'app-1', targets })).toMatchObject({
      targets: [{ total: 0 }],
    })
  })
})

it('KillExecutors passes over what is no number', () => {
  const executorIds = ['0', '-1', '1e3', 'x', '', '007', '99999999999', '12']
  expect(eventOf({ type: 'KillExecutors', appId: 'app-1', executorIds })).toMatchObject({
    executors: [0, 7, 12],
  })
})

it('a request has the custom resources of its profile and no others', () => {
  const builtIn = { memoryOverhead: 1, 'pyspark.memory': 2, offHeap: 3 }
  expect(toExecutorRequest(profileOf(1, builtIn))).toEqual({ cores: null, memoryMb: null })
  expect(toExecutorRequest(profileOf(1, { fpga: 0, gpu: 2 }))).toEqual({
    ...{ cores: null, memoryMb: null },
    custom: { gpu: 2 },
  })
  const hostile = profileOf(1, { constructor: 1 })
  expect(toExecutorRequest(hostile).custom).toEqual({ constructor: 1 })
})

it('the name of an endpoint that is not here is repeated only so far', () => {
  const answer = answerAsk('d1', 'e'.repeat(60_000), () => {
    throw new Error('not decoded')
  })
  const text = `org.apache.spark.SparkException: Could not find ${'e'.repeat(100)}.`
  expect(answer).toEqual({ kind: 'failure', text })
})
