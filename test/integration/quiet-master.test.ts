// A master that was quiet for a while answers the next burst as quickly as the one before. That takes the engine
// not to throw away compiled code, which it does in quiet times, some seconds after its first large collection of
// garbage. Here it would begin at once, and there is always garbage.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PROGRAM } from '../support/daemon.ts'
import { testEnvironment } from '../support/environment.ts'
import { waitUntil } from '../support/wait-until.ts'

/** From a signal on, for a program sets the engine up before it does anything. */
const LITTER = `
  process.once('SIGUSR2', () => {
    const kept = []
    setInterval(() => {
      kept.push(Array.from({ length: 50_000 }, (_, index) => ({ index })))
      if (kept.length > 10) kept.length = 0
    }, 20).unref()
  })`
/** Has the engine say when it looks whether the time is quiet; until V8 11, that of Node 20, one flag said much more. */
const TRACE =
  Number.parseInt(process.versions.v8) > 11 ? '--trace-memory-reducer' : '--trace-gc-verbose'
const ENGINE = [
  ...['--trace-gc', TRACE, '--gc-memory-reducer-start-delay-ms=0'],
  ...['--import', `data:text/javascript,${encodeURIComponent(LITTER)}`],
]
const LOOKS = 'Memory reducer:'

let started: ChildProcess[]
beforeEach(() => {
  started = []
})
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

/** Node with an engine that looks early; litters as soon as it has printed `ready`. Gives all that it prints. */
async function litterFrom(ready: string, args: readonly string[]): Promise<() => string> {
  const child = spawn(process.execPath, [...ENGINE, ...args], {
    env: testEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString('latin1')))
  const output = () => printed
  await until(output, ready, 1)
  child.kill('SIGUSR2')
  return output
}

const until = (output: () => string, text: string, count: number) =>
  waitUntil(
    `'${text}' to be printed ${count} times`,
    () => (output().split(text).length > count ? true : undefined),
    { describe: () => output().slice(-2000) },
  )

test('the engine of a master keeps compiled code in quiet times, as that of another program does not', async () => {
  const address = ['--host', '127.0.0.1', '--port', '0', '--webui-port', '0']
  const master = await litterFrom('spark://', [PROGRAM, 'master', ...address])
  await until(master, 'Mark-Compact', 3)
  const idle = "process.stdout.write('idle'); setInterval(() => undefined, 1000)"
  const another = await litterFrom('idle', ['--eval', idle])
  await until(another, LOOKS, 1)
  await until(another, 'Mark-Compact', 3)
  expect(master()).not.toContain(LOOKS)
})
