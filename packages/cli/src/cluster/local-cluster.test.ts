import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CommandFailure } from '../command-failure.ts'
import { type LocalCluster, startLocalCluster } from './local-cluster.ts'

// Stands in for the program: a master that counts the workers that say hello over HTTP, workers that
// end as their environment tells, and a line in a file for every start and stop.
const FAKE_PROGRAM = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
const [role, master] = process.argv.slice(2)
const say = (what) => appendFileSync(process.env.EVENTS, role + ' ' + what + '\\n')
process.on('SIGTERM', () => { say('stopped'); process.exit(0) })
process.on('disconnect', () => { say('orphaned'); process.exit(0) })
if (role === 'master') {
  let alive = 0
  const server = createServer((request, response) => {
    if (request.url === '/hello') alive += 1
    response.end(JSON.stringify({ aliveworkers: alive }))
  }).listen(0, '127.0.0.1', () => {
    say('ready')
    const { port } = server.address()
    process.send({ type: 'ready', url: 'spark://127.0.0.1:' + port, webUiUrl: 'http://127.0.0.1:' + port, restUrl: 'http://r' })
  })
} else {
  if (process.env.WORKER_FAILS) { console.log('no Java here'); process.exit(3) }
  setInterval(() => undefined, 1000)
  await fetch(master.replace('spark', 'http') + '/hello')
  say('ready ' + process.argv.slice(4).join(' '))
  process.send({ type: 'ready', webUiUrl: 'http://127.0.0.1:1', pid: process.pid })
}
`

// Processes are started: on a loaded machine that takes its time.
vi.setConfig({ testTimeout: 30_000 })

let dir: string
let events: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-local-'))
  events = path.join(dir, 'events')
  await writeFile(path.join(dir, 'program.mjs'), FAKE_PROGRAM)
  await writeFile(events, '')
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

function start(environment: Record<string, string> = {}): Promise<LocalCluster> {
  return startLocalCluster({
    program: path.join(dir, 'program.mjs'),
    environment: { PATH: process.env['PATH'] ?? '', EVENTS: events, ...environment },
    workers: 2,
    masterPort: 0,
    webUiPort: 0,
    coresPerWorker: 1,
    memoryMbPerWorker: 1024,
    dir: path.join(dir, 'cluster'),
  })
}

async function seen(): Promise<readonly string[]> {
  return (await readFile(events, 'utf8')).trim().split('\n')
}

test('all are ready when it has started, and workers stop before the master', async () => {
  const cluster = await start()
  expect(cluster.url).toMatch(/^spark:\/\/127\.0\.0\.1:\d+$/)
  expect(cluster.restUrl).toBe('http://r')
  expect(cluster.workers.map(({ name }) => name).toSorted()).toEqual(['worker 1', 'worker 2'])
  await cluster.stop()
  const offer = '--host 127.0.0.1 --webui-port 0 --cores 1 --memory 1024m --work-dir'
  expect((await seen()).toSorted()).toEqual([
    'master ready',
    'master stopped',
    `worker ready ${offer} ${path.join(dir, 'cluster', 'worker-1')}`,
    `worker ready ${offer} ${path.join(dir, 'cluster', 'worker-2')}`,
    'worker stopped',
    'worker stopped',
  ])
  expect((await seen()).at(-1)).toBe('master stopped')
})

test('a worker that cannot start fails the cluster with its last words, and nothing is left', async () => {
  const failure = await start({ WORKER_FAILS: 'yes' }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(CommandFailure)
  expect(failure).toMatchObject({
    message: expect.stringMatching(/^worker \d ended unexpectedly \(exit status 3\)$/) as unknown,
    hint: expect.stringContaining('no Java here') as unknown,
  })
  expect(await seen()).toEqual(['master ready', 'master stopped'])
})

test('a daemon that dies later is reported once; those that are stopped are not', async () => {
  const cluster = await start()
  const losses: string[] = []
  const firstLoss = new Promise<void>((resolve) => {
    cluster.onLoss((failure, daemon) => {
      losses.push(`${daemon}: ${failure.message}`)
      resolve()
    })
  })
  process.kill(cluster.workers[0]?.pid ?? 0, 'SIGKILL')
  await firstLoss
  await cluster.stop()
  // A report is made when the log of the daemon has been read, so it would be there after these.
  for (const log of ['master.log', 'worker-1.log', 'worker-2.log']) {
    await readFile(path.join(dir, 'cluster', log))
  }
  expect(losses).toEqual([
    expect.stringMatching(/^worker: worker \d ended unexpectedly \(SIGKILL\)$/),
  ])
})

test('a start that was interrupted stops what it had started', async () => {
  const signal = AbortSignal.abort(new Error('interrupted'))
  const options = { workers: 1, masterPort: 0, webUiPort: 0, coresPerWorker: 1 }
  const attempt = startLocalCluster({
    ...options,
    program: path.join(dir, 'program.mjs'),
    environment: { PATH: process.env['PATH'] ?? '', EVENTS: events },
    memoryMbPerWorker: 1024,
    dir,
    signal,
  })
  await expect(attempt).rejects.toThrow('interrupted')
  expect(await seen()).toEqual(['master ready', 'master stopped'])
})
