// Rolled logs on a whole worker: keys in, real processes, its log routes out.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { waitUntil } from '../../../../test/support/wait-until.ts'
import { bundleLauncher } from '../launcher/launcher-fixture.ts'
import { Machine, ScriptedMaster } from './worker-fixture.ts'

let program: string
let machine: Machine
let master: ScriptedMaster
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(async () => {
  machine = new Machine()
  master = await ScriptedMaster.listen(machine.log)
})
afterEach(async () => {
  await machine.cleanUp()
  await master.stop()
})

const PREFIX = 'spark.executor.logs.rolling'
const BY_SIZE = { [`${PREFIX}.strategy`]: 'size', [`${PREFIX}.maxSize`]: '81920' }
/** Lines of 100 bytes, each another one. */
const LINES = 5000
const SCRIPT = `seq -f '%098.0fx' ${LINES}; exit 3`
const EXPECTED = Array.from(
  { length: LINES },
  (_, at) => `${String(at + 1).padStart(98, '0')}x\n`,
).join('')

const OWNERS = [
  { what: 'an executor', query: 'appId=app-1&executorId=0', directory: 'app-1/0' },
  { what: 'a driver', query: 'driverId=driver-1', directory: 'driver-1' },
] as const

function launch(what: string, script: string): void {
  if (what === 'a driver') master.launchDriver(1, machine.driver(script))
  else master.launch(0, machine.payload(script))
}

async function ended(what: string): Promise<void> {
  const isOver = ({ state }: { state: string }) => state !== 'running'
  if (what === 'a driver') await master.next('driver-state', isOver)
  else await master.next('executor-state', isOver)
}

async function read(webUi: string, query: string, range = '') {
  const url = `${webUi}/log/?${query}&logType=stdout${range}`
  const response = await fetch(url)
  const text = await response.text()
  const [, start, end, total] = /^==== Bytes (\d+)-(\d+) of (\d+) of /.exec(text)?.map(Number) ?? []
  const removed = Number(response.headers.get('x-hearth-log-removed-bytes'))
  return { start, end, total, removed, text: text.slice(text.indexOf('\n') + 1) }
}

test.each(OWNERS)(
  'U-12 the log of $what is one, whatever its files are',
  async ({ what, query, directory }) => {
    const keys = { ...BY_SIZE, [`${PREFIX}.enableCompression`]: 'true' }
    const { webUiUrl } = await machine.start([master.address], { keys })
    await master.next('register-worker')
    launch(what, SCRIPT)
    await ended(what)
    const names = () => readdirSync(path.join(machine.workDir, directory))
    await waitUntil(
      'compressed files',
      () => names().some((name) => /^stdout--.*\.gz$/.test(name)) || undefined,
    )
    expect(names().filter((name) => name.startsWith('stdout--')).length).toBeGreaterThan(4)

    expect(await read(webUiUrl, query, '&byteLength=1048576')).toEqual({
      ...{ start: 0, end: EXPECTED.length, total: EXPECTED.length, removed: 0 },
      text: EXPECTED,
    })
    for (const offset of [0, 81_900, 200_001, EXPECTED.length - 10]) {
      const { text } = await read(webUiUrl, query, `&offset=${offset}&byteLength=1000`)
      expect(text).toBe(EXPECTED.slice(offset, offset + 1000))
    }
    const page = await (await fetch(`${webUiUrl}/logPage/?${query}&logType=stdout`)).text()
    expect(page).toContain(
      `Bytes ${EXPECTED.length - 102_400}-${EXPECTED.length} of ${EXPECTED.length} of`,
    )
  },
)

test.each(OWNERS)(
  'the log of $what is followed across rolls that remove what was read',
  async ({ what, query, directory }) => {
    const keys = { ...BY_SIZE, [`${PREFIX}.maxRetainedFiles`]: '1' }
    const { webUiUrl } = await machine.start([master.address], { keys })
    await master.next('register-worker')
    // 60 kB at a time, each when the one before has been read.
    const part = (at: number) =>
      `seq -f '%098.0fx' ${at * 600 + 1} ${at * 600 + 600}; until [ -e go${at} ]; do sleep 0.01; done`
    launch(what, Array.from({ length: 6 }, (_, at) => part(at)).join('; '))
    let seen = ''
    for (let at = 0; at < 6; at++) {
      const wanted = (at + 1) * 60_000
      await waitUntil(`${wanted} bytes`, async () => {
        // Absolute places less what is gone: what `hearth logs --follow` does.
        const { removed, total } = await read(webUiUrl, query, '&byteLength=0')
        if (total === undefined || removed + total < wanted) return undefined
        const { text, removed: still } = await read(
          webUiUrl,
          query,
          `&offset=${seen.length - removed}&byteLength=1048576`,
        )
        if (still !== removed) return undefined
        seen += text
        return true
      })
      writeFileSync(path.join(machine.workDir, directory, `go${at}`), '')
    }
    await ended(what)
    expect(seen).toBe(EXPECTED.slice(0, 360_000))
    expect((await read(webUiUrl, query, '&byteLength=0')).removed).toBeGreaterThan(100_000)
  },
)

test('the cause of an end is found in the file that was rolled just before', async () => {
  await machine.start([master.address], { keys: BY_SIZE })
  await master.next('register-worker')
  const cause = 'java.lang.OutOfMemoryError: Java heap space'
  launch('an executor', `echo '${cause}' >&2; head -c 20000 /dev/zero | tr '\\0' '\\n' >&2; exit 1`)
  const { hint } = await master.next('executor-state', ({ state }) => state !== 'running')
  expect(hint?.text).toContain('memory')
})

test('a bad value keeps the worker from starting', async () => {
  await expect(
    machine.start([master.address], { keys: { [`${PREFIX}.strategy`]: 'weekly' } }),
  ).rejects.toThrow(`${PREFIX}.strategy: "weekly" is not one of none, size, time`)
})
