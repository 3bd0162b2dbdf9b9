import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadSparkEnv } from './spark-env.ts'

// Processes are started: on a loaded machine that takes its time.
vi.setConfig({ testTimeout: 30_000 })

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-spark-env-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

async function load(script: string, environment: Record<string, string> = {}, timeoutMs = 5000) {
  await writeFile(path.join(dir, 'spark-env.sh'), script)
  return loadSparkEnv(
    { PATH: process.env['PATH'] ?? '', SPARK_CONF_DIR: dir, ...environment },
    { timeoutMs },
  )
}

test('variables are taken with or without export, and may use others', async () => {
  const { environment, script } = await load(
    [
      'SPARK_WORKER_CORES=3',
      'export SPARK_LOCAL_DIRS="$BASE/a,$BASE/b"',
      'TWO_LINES=$(printf "one\\ntwo")',
      'unset DROPPED',
      'helper() { true; }',
    ].join('\n'),
    { BASE: '/data', DROPPED: 'x', PWD: '/here' },
  )
  expect(script).toBe(path.join(dir, 'spark-env.sh'))
  expect(environment).toEqual({
    PATH: process.env['PATH'],
    SPARK_CONF_DIR: dir,
    BASE: '/data',
    PWD: '/here',
    SPARK_WORKER_CORES: '3',
    SPARK_LOCAL_DIRS: '/data/a,/data/b',
    TWO_LINES: 'one\ntwo',
    SPARK_ENV_LOADED: '1',
  })
})

test('a last command that fails is not a failure of the script, and what it prints is kept', async () => {
  const { environment, output } = await load('A=1\necho hello\necho oops >&2\n[ -f /nowhere ]')
  expect(environment['A']).toBe('1')
  expect([...output].toSorted()).toEqual(['hello', 'oops'])
})

test('a background process that keeps the output open does not hold the start up', async () => {
  const { environment } = await load('sleep 30 &\nSLEEPER=$!', {}, 20_000)
  const sleeperRuns = process.kill(Number(environment['SLEEPER']), 'SIGKILL')
  expect(sleeperRuns).toBe(true)
})

test('the file of SPARK_HOME/conf is found, and none is no error', async () => {
  const bare = { PATH: process.env['PATH'] ?? '' }
  expect(await loadSparkEnv({ ...bare, SPARK_HOME: dir })).toMatchObject({ script: undefined })
  expect(await loadSparkEnv(bare)).toEqual({ environment: bare, script: undefined, output: [] })
})

test('a script that Spark’s own scripts have sourced is not sourced again', async () => {
  const { environment } = await load('A=1', { SPARK_ENV_LOADED: '1' })
  expect(environment['A']).toBeUndefined()
})

test('an exit in the script is an error that names file and code', async () => {
  await expect(load('echo no licence >&2; exit 7')).rejects.toThrow(
    `${path.join(dir, 'spark-env.sh')} ended the shell with exit code 7: no licence`,
  )
})

test('a syntax error is an error, not half of the settings', async () => {
  await expect(load('A=1\nif then\n')).rejects.toThrow(
    /spark-env\.sh is not a valid shell script: .*line 2/,
  )
})

test('a script that hangs is ended with everything it started', async () => {
  await expect(load('sleep 60', {}, 200)).rejects.toThrow('did not finish within 0.2 s')
})

test('a script that writes without end is ended', async () => {
  await expect(load('yes', {}, 20_000)).rejects.toThrow('wrote more than 1048576 bytes')
})
