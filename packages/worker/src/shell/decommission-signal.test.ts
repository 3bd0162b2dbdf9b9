// Real signals to this process. SIGWINCH, because without a handler it does nothing.
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { captureLog } from '../../../../test/support/captured-log.ts'
import { waitUntil } from '../../../../test/support/wait-until.ts'
import { WORKER_CONFIG } from '../config.ts'
import { watchDecommissionSignal } from './decommission-signal.ts'

const KEY = 'spark.worker.decommission.signal'
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  expect(process.listenerCount('SIGWINCH')).toBe(0)
})

function watch(keys: Readonly<Record<string, string>>) {
  const { log, records } = captureLog()
  const requested: string[] = []
  const config = readConfig(WORKER_CONFIG, new Map(Object.entries({ [KEY]: 'WINCH', ...keys })))
  const onRequested = (signal: string) => void requested.push(signal)
  stops.push(watchDecommissionSignal({ config, onRequested, log }))
  return { requested, records }
}

test('where decommission is enabled, the signal asks for it', async () => {
  const { requested, records } = watch({ 'spark.decommission.enabled': 'true' })
  process.kill(process.pid, 'SIGWINCH')
  await waitUntil('the signal', () => requested[0])
  expect(requested).toEqual(['SIGWINCH'])
  expect(records).toEqual([])
})

test('where it is not, the signal is ignored, and the log says which key would change that', async () => {
  const { requested, records } = watch({})
  process.kill(process.pid, 'SIGWINCH')
  const { level, msg } = await waitUntil('a word about it', () => records[0])
  expect([level, msg]).toEqual([
    'warn',
    'SIGWINCH ignored: this worker is not decommissioned; set spark.decommission.enabled=true if it should be',
  ])
  expect(requested).toEqual([])
})

test.each(['KILL', 'TERM', 'INT', 'HUP', 'USR1', 'SIGPWR', 'x'])(
  'a signal that means something else, or nothing, is refused: %s',
  (signal) => {
    expect(() => watch({ [KEY]: signal })).toThrow(
      `${KEY}: "${signal}" is not one of PWR, USR2, QUIT, ALRM, WINCH`,
    )
  },
)

test('the signal of Spark is the default', () => {
  expect(readConfig(WORKER_CONFIG, new Map()).decommissionSignal).toBe('PWR')
})
