import { parseMasterUrl, type HostPort } from '@hearth/common/domain/addresses.ts'
import { HollowDriver } from '../hollow/driver.ts'

// Where the driver says that it listens. The master would dial it if the connection broke.
const NOBODY = { host: '127.1.0.1', port: 7 }
const APPLICATION = { name: 'bench', maxCores: null, coresPerExecutor: null, memoryMb: 512 }

/**
 * Registers one application at any master, Hearth's or Spark's, and resolves with the milliseconds
 * from RegisterApplication to the first executor reported RUNNING; then unregisters it.
 */
export async function timeToRunning(masterUrl: string): Promise<number> {
  const driver = await HollowDriver.connect(addressOf(masterUrl), NOBODY)
  const startedAt = performance.now()
  await driver.register(APPLICATION)
  await driver.whenStarted(1)
  const elapsed = performance.now() - startedAt
  driver.end()
  return elapsed
}

/** The only master of a URL. */
export function addressOf(masterUrl: string): HostPort {
  const [master] = parseMasterUrl(masterUrl)
  if (master === undefined || typeof master === 'string') throw new Error(`bad URL ${masterUrl}`)
  return master
}
