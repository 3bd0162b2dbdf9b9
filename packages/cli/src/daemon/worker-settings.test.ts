import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultMemoryMb, machineCores } from './machine-size.ts'
import { type WorkerFlags, workerSettings } from './worker-settings.ts'

const MASTER = 'spark://127.0.0.1:7077'

function settings(
  flags: WorkerFlags,
  environment: Record<string, string> = {},
  {
    masterUrl = MASTER,
    properties = {},
  }: { masterUrl?: string; properties?: Record<string, string> } = {},
) {
  return workerSettings(masterUrl, flags, {
    environment,
    properties: new Map(Object.entries(properties)),
    warnings: [],
  })
}

test('the whole machine is offered but for 1 GiB, on the loopback address', () => {
  expect(settings({}, { SPARK_HOME: '/opt/spark' })).toEqual({
    masters: [{ host: '127.0.0.1', port: 7077 }],
    host: '127.0.0.1',
    port: 0,
    webUiPort: 8081,
    cores: machineCores(),
    memoryMb: defaultMemoryMb(),
    workDir: '/opt/spark/work',
    auth: null,
    notices: [],
    warnings: [],
  })
  expect(settings({}).workDir).toBe(path.resolve('work'))
})

test('variables are read, and flags win over them', () => {
  const environment = {
    SPARK_WORKER_CORES: '3',
    SPARK_WORKER_MEMORY: '4g',
    SPARK_WORKER_PORT: '7078',
    SPARK_WORKER_WEBUI_PORT: '8082',
    SPARK_WORKER_DIR: '/data/work',
    SPARK_PUBLIC_DNS: 'node7.example',
    SPARK_LOCAL_IP: '::1',
  }
  expect(settings({}, environment)).toMatchObject({
    host: '[::1]',
    port: 7078,
    webUiPort: 8082,
    publicHost: 'node7.example',
    cores: 3,
    memoryMb: 4096,
    workDir: '/data/work',
  })
  const flags = { host: 'localhost', cores: '1', memory: '1G', workDir: '/w', webuiPort: '0' }
  expect(settings(flags, environment)).toMatchObject({
    host: 'localhost',
    cores: 1,
    memoryMb: 1024,
    workDir: '/w',
    webUiPort: 0,
  })
})

describe('memory (W-10)', () => {
  test.each([
    ['5G', 5120],
    ['10000M', 10_000],
    ['2147483648', 2048],
  ])('%s is %d MiB', (memory, memoryMb) => {
    expect(settings({ memory }).memoryMb).toBe(memoryMb)
  })

  test.each(['4096', '512k', '0', 'lots', '1.5g', '-1g'])('%s is refused', (memory) => {
    expect(() => settings({ memory })).toThrow(`--memory: '${memory}' is not an amount of memory`)
    expect(() => settings({}, { SPARK_WORKER_MEMORY: memory })).toThrow('SPARK_WORKER_MEMORY')
  })
})

test('no cores at all cannot be offered', () => {
  expect(() => settings({ cores: '0' })).toThrow("--cores: '0' is not a number of cores")
})

test('several masters are kept in order', () => {
  const { masters } = settings({}, {}, { masterUrl: 'spark://m1:7077,[::1]:7078' })
  expect(masters).toEqual([
    { host: 'm1', port: 7077 },
    { host: '[::1]', port: 7078 },
  ])
})

test.each(['m1:7077', 'spark://m1', 'spark://m1:7077,', 'spark://'])(
  'the master list %s is refused',
  (masterUrl) => {
    expect(() => settings({}, {}, { masterUrl })).toThrow('master URL')
  },
)

test('a worker that nobody elsewhere can reach warns when its master is elsewhere', () => {
  const { warnings } = settings({}, {}, { masterUrl: 'spark://10.0.0.1:7077' })
  expect(warnings).toEqual([expect.stringContaining('name this machine with --host')])
})

test('with a secret a worker listens where others reach it', () => {
  const properties = {
    'spark.authenticate.secret': 'short',
    'spark.network.crypto.enabled': 'true',
  }
  const { auth, host, warnings } = settings({ host: '10.0.0.2' }, {}, { properties })
  expect(host).toBe('10.0.0.2')
  expect(auth).toMatchObject({ secret: 'short', isCryptoEnabled: true })
  expect(warnings).toEqual([expect.stringContaining('fewer than 8 characters')])
})
