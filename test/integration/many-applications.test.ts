// A master that a great many applications use, at once and one after the other: drivers and workers are
// hollow, sockets and the master are real.
import { startMaster, type RunningMaster } from '@hearth/master/main.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HollowDriver } from '../../bench/hollow/driver.ts'
import { HollowHearthWorker } from '../../bench/hollow/hearth-worker.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { captureLog } from '../support/captured-log.ts'
import { eventually } from '../support/eventually.ts'
import { waitUntil } from '../support/wait-until.ts'

const WORKERS = 10
const CORES = 16
const APPLICATION = { name: 'one of many', maxCores: 1, coresPerExecutor: 1, memoryMb: 512 }

const STALLED = /^this master did not run for \d+ s; /

interface ClusterJson {
  readonly coresused: number
  readonly activeapps: readonly unknown[]
  readonly completedapps: readonly { readonly id: string }[]
}

let master: RunningMaster
let workers: HollowHearthWorker[]
let captured: ReturnType<typeof captureLog>
const warnings: string[] = []
const onWarning = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`)

beforeEach(async () => {
  captured = captureLog()
  warnings.length = 0
  process.on('warning', onWarning)
  master = await startMaster({
    host: '127.0.0.1',
    port: 0,
    webUiPort: 0,
    // A thousand peers at once take a while to say their first word, all in this process.
    properties: new Map([['hearth.rpc.firstFrameTimeout', '1h']]),
    log: captured.log,
  })
  workers = await Promise.all(
    Array.from({ length: WORKERS }, (_one, index) =>
      HollowHearthWorker.register(master.address, {
        id: `worker-${index}`,
        address: { host: `127.2.0.${index}`, port: 7 },
        cores: CORES,
        memoryMb: 65_536,
      }),
    ),
  )
})

afterEach(async () => {
  for (const worker of workers) worker.close()
  await master.stop()
  process.off('warning', onWarning)
})

async function json(): Promise<ClusterJson> {
  const response = await fetch(`${master.webUiUrl}/json/`)
  return (await response.json()) as ClusterJson
}

/** What the master warned of, but for what a busy machine does to it. */
function complaints(): string[] {
  return captured.records
    .filter(({ level, msg }) => level !== 'info' && level !== 'debug' && !STALLED.test(msg))
    .map(({ msg }) => msg)
}

// Nobody listens there, so a dial would be refused at once.
function connect(index: number): Promise<HollowDriver> {
  return HollowDriver.connect(master.address, {
    host: `127.1.${index >> 8}.${index & 255}`,
    port: 7,
  })
}

/** Everything has ended: no core is booked, no executor is left, and only the last few are remembered. */
async function expectIdle(remembered: number): Promise<void> {
  const { completedapps } = await waitUntil('the cluster to be idle', async () => {
    const document = await json()
    return document.coresused === 0 && document.activeapps.length === 0 ? document : undefined
  })
  expect(completedapps.length).toBeLessThanOrEqual(remembered)
  expect(workers.flatMap(({ executors }) => executors)).toEqual([])
  expect(complaints()).toEqual([])
  expect(warnings).toEqual([])
}

test('a thousand applications at once: each gets its own id, and its turn', async () => {
  const run = async (index: number): Promise<string> => {
    const driver = await connect(index)
    const id = await driver.register(APPLICATION)
    await driver.whenStarted(1)
    driver.end()
    return id
  }
  const ids = await Promise.all(Array.from({ length: 1000 }, (_one, index) => run(index)))
  expect(new Set(ids).size).toBe(1000)
  await expectIdle(200)
})

test('one that starts and ends a thousand times leaves nothing behind', async () => {
  const ids = new Set<string>()
  let first: number | undefined
  for (let round = 1; round <= 1000; round += 1) {
    // The same address again and again, as a service that is restarted in a loop has, and other ones.
    const driver = await connect(round % 2 === 0 ? 0 : round)
    ids.add(await driver.register(APPLICATION))
    await driver.whenStarted(1)
    driver.end()
    if (round % 250 > 0) continue
    await expectIdle(200)
    captured.records.length = 0
    // After 250 as much is remembered as ever will be. Compiled code still grows, by a megabyte; and some of what
    // was let go is freed a moment later than it is collected.
    const before = (first ??= heldBytes())
    await eventually(() => heldBytes() - before).toBeLessThan(2_500_000)
  }
  expect(ids.size).toBe(1000)
  expect(await socketsLeft()).toBeLessThanOrEqual(2 * WORKERS + 4)
})

function heldBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** Sockets of this process, when those that are closing are gone. */
function socketsLeft(): Promise<number> {
  const count = () =>
    process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length
  return waitUntil('sockets to close', () =>
    count() <= 2 * WORKERS + 4 ? Math.max(1, count()) : undefined,
  )
}
