// Custom resources out of files and scripts as operators write them, good and bad.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { captureLog } from '../../../../test/support/captured-log.ts'
import { eventually } from '../../../../test/support/eventually.ts'
import { waitUntil } from '../../../../test/support/wait-until.ts'
import { MAX_ADDRESSES } from '../doors/spark/resource-addresses.ts'
import { findResources } from './find-resources.ts'

let dir: string
let captured: ReturnType<typeof captureLog>
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'hearth-resources-'))
  captured = captureLog()
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(dir, { recursive: true })
})

function script(body: string, name = 'discover.sh'): string {
  const file = path.join(dir, name)
  writeFileSync(file, `#!/bin/sh\n${body}\n`)
  chmodSync(file, 0o755)
  return file
}

function listing(text: string): string {
  const file = path.join(dir, 'resources.json')
  writeFileSync(file, text)
  return file
}

function find(
  resources: Readonly<Record<string, string>>,
  { file, timeoutMs = 20_000 }: { file?: string; timeoutMs?: number } = {},
) {
  const properties = Object.entries(resources).map(
    ([key, value]) => [`spark.worker.resource.${key}`, value] as const,
  )
  return findResources({
    config: { resourcesFile: file, discoveryTimeoutMs: timeoutMs },
    properties: new Map(properties),
    environment: { PATH: '/usr/bin:/bin', SITE: dir },
    log: captured.log,
  })
}

/** `gpu` with a script that does `body`. */
function findGpus(body: string, amount = '1', options: { timeoutMs?: number } = {}) {
  return find({ 'gpu.amount': amount, 'gpu.discoveryScript': script(body) }, options)
}

const GPUS = `echo '{"name":"gpu","addresses":["0","1","2"]}'`

describe('what a worker offers', () => {
  test('nothing when nothing is configured', async () => {
    expect(await find({})).toBeUndefined()
    expect(await find({ 'gpu.amount': '0' })).toBeUndefined()
  })

  test('what its discovery script prints, with the environment of executors', async () => {
    const body = `echo warning >&2; printf '{"name":"gpu","addresses":["%s"]}' "$SITE"`
    expect(await findGpus(body)).toEqual({ gpu: [dir] })
  })

  test('of more addresses all, as Spark does, and it says so', async () => {
    expect(await findGpus(GPUS, '2')).toEqual({ gpu: ['0', '1', '2'] })
    expect(captured.records.map(({ msg }) => msg)).toContain(
      '3 addresses of gpu, but spark.worker.resource.gpu.amount is 2: all are offered',
    )
  })

  test('what the file lists wins: the script is not run; the script is for the rest', async () => {
    const file = listing(
      `[{"id":{"componentName":"spark.worker","resourceName":"gpu"},"addresses":["7","8"]},
        {"id":{"componentName":"spark.executor","resourceName":"gpu"},"addresses":["9"]},
        {"id":{"componentName":"spark.worker","resourceName":"nic"},"addresses":["eth1"]}]`,
    )
    const mark = path.join(dir, 'was-run')
    const resources = {
      'gpu.amount': '2',
      'gpu.discoveryScript': script(`touch ${mark}; ${GPUS}`, 'gpu.sh'),
      'fpga.amount': '1',
      'fpga.discoveryScript': script(`echo '{"name":"fpga","addresses":["f0"]}'`, 'fpga.sh'),
    }
    expect(await find(resources, { file })).toEqual({
      ...{ nic: ['eth1'], gpu: ['7', '8'], fpga: ['f0'] },
    })
    expect(() => readFileSync(mark)).toThrow('ENOENT')
  })
})

describe('a worker does not start, and says why', () => {
  test.each([
    [
      'exits with a failure',
      `echo 'no driver' >&2; exit 3`,
      /it ended with exit status 3; it said: no driver$/,
    ],
    ['is killed', 'kill -9 $$', /it was ended by signal SIGKILL \(9\)$/],
    ['prints nothing', 'true', /its output is empty$/],
    [
      'prints garbage',
      'echo "GPU 0: Tesla"',
      /its output is no JSON .*; it begins with "GPU 0: Tesla/,
    ],
    [
      'prints a list',
      `echo '["0"]'`,
      /must be an object such as {"name":"gpu","addresses":\["0","1"\]}/,
    ],
    [
      'names another resource',
      `echo '{"name":"fpga","addresses":["0"]}'`,
      /its output names "fpga" where "gpu" was asked for$/,
    ],
    ['names nothing', `echo '{"addresses":["0"]}'`, /its output names nothing where/],
    [
      'prints no addresses',
      `echo '{"name":"gpu"}'`,
      /the list of addresses must be a list such as/,
    ],
    [
      'prints an address twice',
      `echo '{"name":"gpu","addresses":["0","1","0"]}'`,
      /the list of addresses holds "0" twice$/,
    ],
    [
      'prints numbers',
      `echo '{"name":"gpu","addresses":[0,1]}'`,
      /holds 0, which is no text; write it in quotes$/,
    ],
    [
      'prints an empty address',
      `echo '{"name":"gpu","addresses":[""]}'`,
      /holds ""; an address has 1 to 256 characters$/,
    ],
    [
      'finds too few',
      `echo '{"name":"gpu","addresses":[]}'`,
      /is 1, but spark.worker.resource.gpu.discoveryScript .*discover.sh found 0 addresses: correct the script or lower the amount$/,
    ],
  ])('when the script %s', async (_what, body, problem) => {
    await expect(findGpus(body)).rejects.toThrow(problem)
    await expect(findGpus(body)).rejects.toThrow('spark.worker.resource.gpu.')
    await expect(findGpus(body)).rejects.toThrow(path.join(dir, 'discover.sh'))
  })

  test('when the script hangs: it is ended with all that it started', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const marker = path.join(dir, 'hung')
    const hanging = findGpus(`sleep 600 & echo $! > ${marker}; sleep 600`, '1', { timeoutMs: 2000 })
    await eventually(() => existsSync(marker) && readFileSync(marker, 'utf8')).toMatch(/^\d+\n/)
    vi.advanceTimersByTime(2000)
    await expect(hanging).rejects.toThrow(/discover.sh: it took longer than 2000 ms$/)
    const pid = Number(readFileSync(marker, 'utf8'))
    await waitUntil('the end of the child', () => !isAlive(pid) || undefined)
  })

  test('when the script prints without end: it is ended, and little of it is kept', async () => {
    const marker = path.join(dir, 'pid')
    const before = process.memoryUsage().rss
    await expect(findGpus(`echo $$ > ${marker}; exec yes`)).rejects.toThrow(
      /it wrote more than 4194304 bytes$/,
    )
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    const pid = Number(readFileSync(marker, 'utf8'))
    await waitUntil('the end of the script', () => !isAlive(pid) || undefined)
  })

  test('when the script complains without end, only the end of that is told', async () => {
    const flood = `yes complaint | head -c 3000000 >&2; echo the end >&2; exit 1`
    const failed = findGpus(flood).then(() => '', String)
    expect(await failed).toMatch(/complaint\nthe end$/)
    expect((await failed).length).toBeLessThan(5000)
  })

  test('a process that the script leaves behind is ended and does not hold it up', async () => {
    const marker = path.join(dir, 'left')
    expect(await findGpus(`sleep 600 & echo $! > ${marker}; ${GPUS}`, '3')).toEqual({
      gpu: ['0', '1', '2'],
    })
    const pid = Number(readFileSync(marker, 'utf8'))
    await waitUntil('the end of the child', () => !isAlive(pid) || undefined)
  })

  test.each([
    ['is not there', () => path.join(dir, 'none.sh')],
    ['cannot be executed', () => listing('echo')],
    ['is a directory', () => dir],
  ])('when the script %s', async (_what, file) => {
    const resources = { 'gpu.amount': '1', 'gpu.discoveryScript': file() }
    await expect(find(resources)).rejects.toThrow(
      /gpu.discoveryScript .*: there is no such file that can be executed; correct the path, or make it executable \(chmod \+x\)/,
    )
  })

  test('when the script names an interpreter that is not there', async () => {
    const file = listing('#!/nowhere/python3\n')
    chmodSync(file, 0o755)
    await expect(find({ 'gpu.amount': '1', 'gpu.discoveryScript': file })).rejects.toThrow(
      `it cannot be run: spawn ${file} ENOENT`,
    )
  })

  test.each([
    [{ 'gpu.amount': 'two' }, 'spark.worker.resource.gpu.amount: "two" is not a whole number'],
    [{ 'gpu.amount': '1.5' }, 'spark.worker.resource.gpu.amount: "1.5" is not a whole number'],
    [{ 'gpu.amount': '-1' }, 'spark.worker.resource.gpu.amount: "-1" is not a whole number'],
    [{ 'gpu.amount': '10001' }, 'from 0 to 10000'],
    [
      { 'gpu.discoveryScript': '/x' },
      'spark.worker.resource.gpu.amount is not set, but spark.worker.resource.gpu.discoveryScript is',
    ],
    [
      { 'gpu.amount': '1' },
      'is 1, but nothing says which: list gpu in spark.worker.resourcesFile or set spark.worker.resource.gpu.discoveryScript',
    ],
    [
      { 'my gpu.amount': '1' },
      'spark.worker.resource.my gpu.amount: "my gpu" cannot name a resource',
    ],
    [{ '__proto__.amount': '1' }, '"__proto__" cannot name a resource'],
  ])('when the keys are wrong: %j', async (resources, problem) => {
    await expect(find(resources as Record<string, string>)).rejects.toThrow(problem)
  })

  test('with every kind that is wrong, at once', async () => {
    const wrong = find({
      ...{ 'gpu.amount': '1', 'gpu.discoveryScript': script('exit 1', 'gpu.sh') },
      ...{ 'fpga.amount': '1', 'fpga.discoveryScript': script('exit 2', 'fpga.sh') },
    })
    const { problems } = (await wrong.catch((error: unknown) => error)) as { problems: string[] }
    expect(problems.toSorted()).toEqual([
      expect.stringMatching(/fpga.sh: it ended with exit status 2$/),
      expect.stringMatching(/gpu.sh: it ended with exit status 1$/),
    ])
  })

  const entry = (id: string, addresses: string) => `[{"id":${id},"addresses":${addresses}}]`
  const GPU_ID = '{"componentName":"spark.worker","resourceName":"gpu"}'
  test.each([
    ['is garbage', 'gpu=0,1', 'is no JSON'],
    ['is empty', '', 'is empty'],
    ['is cut', '[{"id":{"componentName"', 'is no JSON'],
    ['is no list', '{"gpu":["0"]}', 'must be a list such as [{"id":'],
    ['has no ids', '[{"addresses":["0"]}]', 'entry 1 is not like those of [{"id":'],
    ['has entries of another kind', '[null]', 'entry 1 is not like those of'],
    [
      'has a name that cannot be',
      entry('{"componentName":"spark.worker","resourceName":"../x"}', '["0"]'),
      '"../x" cannot name a resource',
    ],
    ['has no addresses', entry(GPU_ID, 'null'), 'the list of gpu must be a list'],
    ['has an address twice', entry(GPU_ID, '["0","0"]'), 'the list of gpu holds "0" twice'],
    ['has numbers', entry(GPU_ID, '[0]'), 'the list of gpu holds 0, which is no text'],
    [
      'has too long an address',
      entry(GPU_ID, JSON.stringify(['x'.repeat(257)])),
      'an address has 1 to 256',
    ],
    [
      'has a kind twice',
      `[${`{"id":${GPU_ID},"addresses":["0"]},`.repeat(2).slice(0, -1)}]`,
      'gpu stands in it twice',
    ],
    [
      'has too few',
      entry(GPU_ID, '["0"]'),
      'lists 1 address of gpu: list more or lower the amount',
    ],
    ['is nested beyond reason', '['.repeat(1_000_000), 'is no JSON'],
    ['is longer than any can be', ' '.repeat(4_194_305), 'it is longer than 4194304 bytes'],
  ])('when the file %s', async (_what, text, problem) => {
    const file = listing(text)
    const found = find({ 'gpu.amount': '2' }, { file })
    await expect(found).rejects.toThrow(problem)
    await expect(found).rejects.toThrow(`spark.worker.resourcesFile ${file}`)
  })

  test('when the file cannot be read, or is a pipe that nobody writes to', async () => {
    const none = find({}, { file: path.join(dir, 'none.json') })
    await expect(none).rejects.toThrow(/resourcesFile .*none.json cannot be read: ENOENT/)
    const pipe = path.join(dir, 'pipe')
    spawnSync('mkfifo', [pipe])
    await expect(find({}, { file: pipe })).rejects.toThrow('cannot be read: it is not a file')
  })

  test('when there are more addresses than a registration can hold', async () => {
    const addresses = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, at) => String(at)))
    const one = (kind: string, count: number) =>
      `{"id":{"componentName":"spark.worker","resourceName":"${kind}"},"addresses":${addresses(count)}}`
    const most = listing(`[${one('gpu', MAX_ADDRESSES)}]`)
    expect((await find({}, { file: most }))?.['gpu']).toHaveLength(MAX_ADDRESSES)
    const more = listing(`[${one('gpu', MAX_ADDRESSES)},${one('fpga', 1)}]`)
    await expect(find({}, { file: more })).rejects.toThrow('would offer 10001 addresses')
    const long = listing(`[${one('gpu', MAX_ADDRESSES + 1)}]`)
    await expect(find({}, { file: long })).rejects.toThrow('has 10001 entries')
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
