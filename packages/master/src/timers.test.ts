import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { expect, test } from 'vitest'
import { MASTER_CONFIG } from './config.ts'
import { timerProblems } from './timers.ts'

test('the defaults agree with each other', () => {
  expect(timerProblems(readConfig(MASTER_CONFIG, new Map()))).toEqual([])
})

test('a driver must be asked more than three times before it is given up', () => {
  const properties = new Map([
    ['hearth.application.askInterval', '10s'],
    ['hearth.application.timeout', '30s'],
  ])
  expect(timerProblems(readConfig(MASTER_CONFIG, properties))).toEqual([
    expect.stringMatching(
      /^hearth\.application\.timeout is 30 s; it must be longer than three times/,
    ),
  ])
})

test('a heartbeat interval shorter than the tick is refused', () => {
  const properties = new Map([['spark.worker.timeout', '3']])
  expect(() => readConfig(MASTER_CONFIG, properties)).toThrow(/spark\.worker\.timeout/)
})
