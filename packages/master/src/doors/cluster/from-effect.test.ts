import { expect, it } from 'vitest'
import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import { fromEffect } from './from-effect.ts'

const MASTER = { clusterId: 'c', epoch: 7, masterUrl: 'spark://m:7077', webUiUrl: 'http://m:8080' }
const applicationId = parseApplicationId('app-1')

it('a launch carries the profile and the addresses of its executor, and the epoch', () => {
  if (applicationId === undefined) throw new Error('no id')
  const payload = { kind: 'spark-executor', resourceProfileId: 0, applicationName: 'pi' }
  const resources = { cores: 2, memoryMb: 512, custom: { gpu: ['0', '3'] } }
  const launch = { type: 'launch-executor', applicationId, executor: 4 } as const
  const message = fromEffect({ ...launch, profile: 5, resources, payload }, MASTER)
  expect(message).toEqual({
    ...{ ...launch, epoch: 7, cores: 2, memoryMb: 512, custom: { gpu: ['0', '3'] } },
    payload: { kind: 'spark-executor', applicationName: 'pi', resourceProfileId: 5 },
  })
})
