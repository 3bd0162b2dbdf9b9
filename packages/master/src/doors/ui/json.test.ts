// The JSON pages in the exact shape of recorded ones: same keys in the same order, same kinds of values.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ApplicationView, ClusterView, WorkerView } from '../../core/views.ts'
import { aDriver } from './a-driver.test-support.ts'
import { javaDate } from './java-date.ts'
import { applicationJson, clusterJson, utilizationJson } from './json.ts'

const RECORDED = path.join(import.meta.dirname, '../../../../../test/fixtures/spark')

const APPLICATION: ApplicationView = {
  id: 'app-20261120212510-0003',
  name: 'SparkPi',
  user: 'spark',
  uiUrl: '',
  state: 'running',
  submittedAt: 1_795_209_910_726,
  endedAt: null,
  endReason: null,
  coresGranted: 2,
  maxCores: 2,
  memoryMbPerExecutor: 512,
  coresPerExecutor: null,
  customPerExecutor: {},
  profiles: [],
  wait: null,
  executors: [],
}

const VIEW: ClusterView = {
  workers: [
    {
      id: 'worker-20261120212332-127.0.0.1-17101',
      host: '127.0.0.1',
      port: 17_101,
      webUiUrl: 'http://127.0.0.1:17081',
      state: 'alive',
      decommissioning: false,
      quarantine: null,
      offered: { cores: 2, memoryMb: 2048 },
      used: { cores: 2, memoryMb: 512 },
      lastHeartbeat: 1_795_209_903_210,
    },
  ],
  offered: { cores: 2, memoryMb: 2048 },
  used: { cores: 2, memoryMb: 512 },
  active: [APPLICATION],
  completed: [],
  activeDrivers: [],
  completedDrivers: [],
}
const MASTER = {
  masterUrl: 'spark://127.0.0.1:17077',
  status: 'ALIVE',
  now: APPLICATION.submittedAt + 6081,
}

function recorded(release: string, page: string): Record<string, unknown> {
  const file = path.join(RECORDED, release, 'ui', `${page}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
}

describe.each(['4.0.1', '4.1.4', '4.3.0'])('as %s', (release) => {
  test('J-06 /json/ of the same cluster is the same text, ids and times aside', () => {
    const real = recorded(release, 'master_json')
    const ours = clusterJson(VIEW, MASTER)
    const shape = (document: Record<string, unknown>) =>
      JSON.stringify(document)
        .replaceAll(/(?:app|worker)-\d{14}/g, 'ID')
        .replaceAll(/"(starttime|lastheartbeat|duration)":\d+/g, '"$1":0')
        .replaceAll(/"submitdate":"[^"]*"/g, '"submitdate":""')
        .replaceAll(/-\d{4}"/g, '-N"')
    expect(shape(ours)).toBe(shape(real))
  })

  test('J-08 /json/clusterutilization', () => {
    expect(utilizationJson(VIEW)).toEqual(recorded(release, 'master_json_clusterutilization'))
  })
})

test('J-01 an application says what it needs of custom resources', () => {
  const view = { ...APPLICATION, customPerExecutor: { gpu: 2 } }
  expect(applicationJson(view, MASTER.now)).toMatchObject({
    memoryperexecutor: 512,
    memoryperslave: 512,
    resourcesperexecutor: [{ name: 'gpu', amount: 2 }],
    resourcesperslave: [{ name: 'gpu', amount: 2 }],
  })
})

describe('J-02 a worker', () => {
  const [worker] = VIEW.workers
  const jsonOf = (changes: Partial<WorkerView>) => {
    if (worker === undefined) throw new Error('no worker')
    const workers = [{ ...worker, ...changes }]
    return clusterJson({ ...VIEW, workers }, MASTER)
  }

  test('J-02 shows its custom resources by address', () => {
    const document = jsonOf({
      offered: { cores: 2, memoryMb: 2048, custom: { gpu: ['0', '1'] } },
      used: { cores: 1, memoryMb: 512, custom: { gpu: ['0'] } },
    })
    const gpu = (addresses: string[]) => ({ gpu: { name: 'gpu', addresses } })
    expect(document['workers']).toMatchObject([
      { resources: gpu(['0', '1']), resourcesused: gpu(['0']), resourcesfree: gpu(['1']) },
    ])
    expect(document).toMatchObject({
      resources: [gpu(['0', '1'])],
      resourcesused: [gpu(['0'])],
    })
  })

  test('J-02 of which nothing is used names every kind', () => {
    const document = jsonOf({ offered: { cores: 2, memoryMb: 2048, custom: { gpu: ['0'] } } })
    expect(document['resourcesused']).toEqual([{ gpu: { name: 'gpu', addresses: [] } }])
  })

  test.each([
    ['ALIVE', {}],
    ['DECOMMISSIONED', { decommissioning: true }],
    ['UNKNOWN', { state: 'away' }],
    ['DEAD', { state: 'dead' }],
  ] as const)('J-02 is %s', (expected, changes) => {
    expect(jsonOf(changes)['workers']).toMatchObject([{ state: expected }])
  })
})

function drivenJson(drivers: Partial<Pick<ClusterView, 'activeDrivers' | 'completedDrivers'>>) {
  const document = clusterJson({ ...VIEW, ...drivers }, MASTER)
  return {
    active: document['activedrivers'] as Record<string, unknown>[],
    completed: document['completeddrivers'] as Record<string, unknown>[],
  }
}

test.each([
  ['SUBMITTED', 'submitted'],
  ['RUNNING', 'launching'],
  ['RUNNING', 'running'],
  ['RUNNING', 'restarting'],
  ['FINISHED', 'finished'],
  ['FAILED', 'failed'],
  ['KILLED', 'killed'],
  ['ERROR', 'error'],
  ['RELAUNCHING', 'relaunched'],
] as const)('J-05 a driver is %s when it is %s', (expected, state) => {
  const { active, completed } = drivenJson({ activeDrivers: [aDriver({ state })] })
  expect([active, completed]).toMatchObject([[{ state: expected }], []])
})

test('J-05 a driver without a worker has the worker None, and its custom resources by address', () => {
  const waits = aDriver({ state: 'submitted', workerId: null })
  const runs = aDriver({ addresses: { gpu: ['1'] } })
  expect(drivenJson({ activeDrivers: [waits, runs] }).active).toMatchObject([
    { worker: 'None', resources: {} },
    { worker: 'worker-1', resources: { gpu: { name: 'gpu', addresses: ['1'] } } },
  ])
})

test('J-08 drivers wait that have no worker yet', () => {
  const activeDrivers = (['submitted', 'launching', 'running', 'submitted'] as const).map((state) =>
    aDriver({ state }),
  )
  expect(utilizationJson({ ...VIEW, activeDrivers })).toMatchObject({ waitingDrivers: 2 })
})

test('J-05 a driver of the recording is the same, its date aside', () => {
  const [real] = recorded('3.5.9', 'master_json')['completeddrivers'] as Record<string, unknown>[]
  const killed = aDriver({
    id: 'driver-20261120213516-0000',
    submittedAt: 1_795_210_516_027,
    state: 'killed',
    workerId: 'worker-20261120213348-127.0.0.1-17101',
  })
  const [ours] = drivenJson({ completedDrivers: [killed] }).completed
  expect(Object.keys(ours ?? {})).toEqual(Object.keys(real ?? {}))
  expect({ ...ours, submitdate: '' }).toEqual({ ...real, submitdate: '' })
})

test('keys of 3.5.9 are the same', () => {
  const real = recorded('3.5.9', 'master_json')
  const ours = clusterJson({ ...VIEW, completed: [APPLICATION] }, MASTER)
  expect(Object.keys(ours)).toEqual(Object.keys(real))
  const [realApplication] = real['completedapps'] as Record<string, unknown>[]
  expect(Object.keys(applicationJson(APPLICATION, 0))).toEqual(Object.keys(realApplication ?? {}))
})

test('an ended application stops counting', () => {
  const ended = {
    ...APPLICATION,
    state: 'finished',
    endedAt: APPLICATION.submittedAt + 500,
  } as const
  expect(applicationJson(ended, MASTER.now)).toMatchObject({ state: 'FINISHED', duration: 500 })
})

test('dates are written as Java writes them', () => {
  expect(javaDate(1_795_209_910_726)).toMatch(
    /^(?:Fri|Sat) Nov 2[01] \d\d:25:10 [A-Z0-9+:-]+ 2026$/,
  )
})

test('an empty cluster is fully used, as in Spark', () => {
  const empty = { cores: 0, memoryMb: 0 }
  expect(utilizationJson({ ...VIEW, offered: empty, used: empty })).toMatchObject({
    coresutilization: 100,
    memoryutilization: 100,
  })
})
