import { afterEach, expect, test } from 'vitest'
import { FetchSession, type FetchLimits } from './fetch-session.ts'

const LIMITS: FetchLimits = {
  ...{ maxBytes: 1, timeoutMs: 60_000, idleMs: 60_000 },
  deny: () => false,
}

let unheard: unknown[] = []
const onUnheard = (reason: unknown) => void unheard.push(reason)
afterEach(() => {
  process.off('unhandledRejection', onUnheard)
  unheard = []
})

test('what fails when nobody waits for it any more takes nothing down', async () => {
  process.on('unhandledRejection', onUnheard)
  const stop = new AbortController()
  const session = new FetchSession(LIMITS, stop.signal)
  const waiting = session.within(new Promise<never>(() => undefined))
  stop.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  await expect(session.within(Promise.reject(new Error('late')))).rejects.toThrow('stopped')
  let fail: (error: Error) => void = () => undefined
  const second = new FetchSession(LIMITS, new AbortController().signal)
  const slow = new Promise<never>((_resolve, reject) => (fail = reject))
  fail(new Error('later'))
  await expect(second.within(slow)).rejects.toThrow('later')
  session.end()
  second.end()
  await new Promise(setImmediate)
  expect(unheard).toEqual([])
})
