import { parseMasterUrl } from '@hearth/common/domain/addresses.ts'
import type { Release } from '../../test/fixtures/spark/recordings.ts'
import { ScriptedDriver } from '../../test/support/scripted-driver.ts'

/**
 * Registers one application at any master, Hearth's or Spark's, and resolves with the milliseconds
 * from RegisterApplication to the first executor reported RUNNING; then unregisters it.
 */
export async function timeToRunning(masterUrl: string, release: Release): Promise<number> {
  const [master] = parseMasterUrl(masterUrl)
  if (master === undefined || typeof master === 'string') throw new Error(`bad URL ${masterUrl}`)
  let onRunning: (elapsed: number) => void = () => undefined
  const running = new Promise<number>((resolve) => {
    onRunning = resolve
  })
  let startedAt = 0
  const driver = await ScriptedDriver.connect(master, {
    release,
    onMessage: (message) => {
      if (message.type !== 'ExecutorUpdated' || message.state !== 'RUNNING') return
      onRunning(performance.now() - startedAt)
    },
  })
  startedAt = performance.now()
  const appId = await driver.registered()
  const elapsed = await running
  driver.say({ type: 'UnregisterApplication', appId })
  await driver.next('RegisteredApplication')
  driver.close()
  return elapsed
}
