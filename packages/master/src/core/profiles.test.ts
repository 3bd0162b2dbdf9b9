import { expect, it } from 'vitest'
import { completeTarget } from './profiles.ts'
import { runCommands } from './scenarios/scenario-runner.ts'

const { cluster } = runCommands(['0 application d1 cores=3 memory=700 gpu=2'])
const [application] = cluster.applications.values()

it('S-21 a profile inherits cores and memory from the default one, never custom resources', () => {
  if (application === undefined) throw new Error('no application')
  const open = { profile: 1, executor: { cores: null, memoryMb: null }, total: 1 }
  expect(completeTarget(application, open).executor).toEqual({ cores: 3, memoryMb: 700 })
  const own = { cores: 1, memoryMb: 900, custom: { fpga: 1 } }
  expect(completeTarget(application, { ...open, executor: own }).executor).toEqual(own)
})
