import { describe, expect, test } from 'vitest'
import type { DriverState } from '@hearth/common/domain/states.ts'
import { parseDriverId } from '@hearth/common/domain/ids.ts'
import {
  decodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import {
  readConversation,
  RELEASES,
  type Release,
} from '../../../../../test/fixtures/spark/recordings.ts'
import { recordedMessage } from '../../../../../test/support/recorded-messages.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import {
  refusedSubmission,
  toKillResponse,
  toStatusResponse,
  toSubmission,
  toSubmitResponse,
  unknownDriver,
} from './submitter-messages.ts'

type Answer<Type extends SparkMessage['type']> = Extract<SparkMessage, { type: Type }>

function recordedAnswer<Type extends SparkMessage['type']>(release: Release, type: Type) {
  const frame = readConversation(release, 'cluster-rpc').find(({ class: name }) =>
    name.endsWith(`$${type}`),
  )
  const message = decodeSparkMessage(frame?.content ?? new Uint8Array())
  if (message.type !== type) throw new Error(`${type} was not recorded`)
  return message as Answer<Type>
}

function idOf(text: string | null) {
  const id = parseDriverId(text ?? '')
  if (id === undefined) throw new Error(`${text} is no id`)
  return id
}

const DRIVER: DriverView = {
  ...{ id: 'driver-1', name: 'd', mainClass: 'M', user: 'u', state: 'running' },
  ...{ supervise: true, resources: { cores: 1, memoryMb: 512 }, addresses: {} },
  ...{ workerId: 'worker-1', workerHostPort: 'w1:7078', workerWebUiUrl: 'http://w1:8081' },
  ...{ submittedAt: 0, endedAt: null, exitCode: null, message: null, hint: null, runs: 1 },
  ...{ relaunchOf: null, relaunchedAs: null, wait: null },
}

describe.each(RELEASES)('Spark %s', (release) => {
  test('what its client submits', () => {
    const { description } = recordedMessage(release, 'cluster-rpc', 'RequestSubmitDriver')
    const { command, ...submission } = toSubmission(description)
    expect(submission).toEqual({
      jarUrl: 'file:/opt/spark-apps/spark-pi.jar',
      mainClass: 'org.apache.spark.examples.SparkPi',
      ...{ cores: 1, memoryMb: 512, supervise: false, custom: {} },
    })
    const { environment, ...rest } = command
    expect(description.command).toMatchObject(rest)
    expect(environment).toMatchObject({ SPARK_USER: 'spark' })
    // Sent up to 4.2; the driver may run on another machine.
    expect(environment).not.toHaveProperty('SPARK_LOCAL_IP')
  })

  test('the master’s answers have its words', () => {
    const { driverId, message } = recordedAnswer(release, 'SubmitDriverResponse')
    const submitted = toSubmitResponse({ type: 'driver-submitted', driverId: idOf(driverId) })
    expect(submitted).toMatchObject({ success: true, driverId, message })
    const killed = recordedAnswer(release, 'KillDriverResponse')
    expect(toKillResponse(killed.driverId, { type: 'accepted' })).toEqual({
      ...killed,
      master: null,
    })
    const { workerId, workerHostPort, ...status } = recordedAnswer(release, 'DriverStatusResponse')
    expect(toStatusResponse({ ...DRIVER, workerId, workerHostPort })).toEqual({
      ...status,
      ...{ workerId, workerHostPort },
    })
  })
})

test('custom resources that a driver needs go by their names', () => {
  const { description } = recordedMessage('4.3.0', 'cluster-rpc', 'RequestSubmitDriver')
  const resourceReqs = [
    { resourceName: 'gpu', amount: 2, numParts: 1 },
    { resourceName: 'fpga', amount: 0, numParts: 1 },
  ]
  expect(toSubmission({ ...description, resourceReqs }).custom).toEqual({ gpu: 2 })
})

test('a refusal is a failure with its reason, which no client takes for that of a standby', () => {
  const refusals = [
    refusedSubmission('why'),
    toSubmitResponse({ type: 'refused', reason: 'why' }),
    toSubmitResponse({ type: 'not-found', reason: 'why' }),
  ]
  for (const refusal of refusals) {
    expect(refusal).toEqual({
      ...{ type: 'SubmitDriverResponse', master: null, success: false, driverId: null },
      message: 'This master cannot take the driver: why',
    })
  }
  expect(toKillResponse('driver-1', { type: 'refused', reason: 'why' })).toMatchObject({
    ...{ success: false, message: 'This master cannot end driver-1: why' },
  })
  // Clients pass over what begins so (Utils.responseFromBackup).
  expect(refusedSubmission('').message).not.toMatch(/^Current state is not alive/)
})

test('a driver that has ended or never was cannot be ended, in the words of Spark', () => {
  const message = 'Driver driver-9 has already finished or does not exist'
  const reply = toKillResponse('driver-9', { type: 'not-found', reason: 'another' })
  expect(reply).toMatchObject({ success: false, driverId: 'driver-9', message })
  expect(unknownDriver('x'.repeat(100_000)).driverId).toBe('x'.repeat(255))
})

test.each<[DriverState, string]>([
  ['submitted', 'SUBMITTED'],
  ['launching', 'RUNNING'],
  ['running', 'RUNNING'],
  ['restarting', 'RUNNING'],
  ['finished', 'FINISHED'],
  ['failed', 'FAILED'],
  ['killed', 'KILLED'],
  ['error', 'ERROR'],
  ['relaunched', 'RELAUNCHING'],
])('a driver that is %s is %s for Spark', (state, name) => {
  expect(toStatusResponse({ ...DRIVER, state })).toMatchObject({ found: true, state: name })
})

test('only an error comes with an exception: a client that is told one ends with 255', () => {
  const message = 'exit code 3'
  expect(toStatusResponse({ ...DRIVER, state: 'failed', message }).exception).toBe(null)
  expect(toStatusResponse({ ...DRIVER, state: 'error', message }).exception).toBe(message)
  expect(toStatusResponse({ ...DRIVER, state: 'error' }).exception).toBe(null)
})

test('a driver that is not known is not found', () => {
  expect(toStatusResponse(undefined)).toEqual({
    ...{ type: 'DriverStatusResponse', found: false, state: null },
    ...{ workerId: null, workerHostPort: null, exception: null },
  })
})
