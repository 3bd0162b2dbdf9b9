import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseApplicationId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ExecutorView, WorkerView } from '../../core/views.ts'
import { workerJson } from './worker-json.ts'

type RecordedKinds = Readonly<Record<string, { readonly addresses: readonly string[] }>>
interface RecordedExecutor {
  readonly id: number
  readonly memory: number
  readonly resources: RecordedKinds
  readonly appid: string
  readonly appdesc: { name: string; cores: number; user: string; command: string }
}
interface Recorded {
  readonly id: string
  readonly masterurl: string
  readonly masterwebuiurl: string
  readonly cores: number
  readonly coresused: number
  readonly memory: number
  readonly memoryused: number
  readonly resources: RecordedKinds
  readonly resourcesused: RecordedKinds
  readonly executors: readonly RecordedExecutor[]
  readonly finishedexecutors: readonly RecordedExecutor[]
}

function recording(version: string, name = 'worker_json'): string {
  const path = `../../../../../test/fixtures/spark/${version}/ui/${name}.json`
  return readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
}

function viewOf(recorded: Recorded): WorkerView {
  return {
    workerId: parseWorkerId(recorded.id) ?? fail(),
    host: '127.0.0.1',
    launcherPort: 17_101,
    decommissioning: false,
    masterUrl: recorded.masterurl,
    masterWebUiUrl: recorded.masterwebuiurl,
    offered: sizeOf(recorded.cores, recorded.memory, recorded.resources),
    used: sizeOf(recorded.coresused, recorded.memoryused, recorded.resourcesused),
    executors: recorded.executors.map((executor) => executorOf(executor, 'running')),
    finishedExecutors: recorded.finishedexecutors.map((executor) => executorOf(executor, 'killed')),
    ...{ drivers: [], finishedDrivers: [] },
  }
}

function sizeOf(cores: number, memoryMb: number, kinds: RecordedKinds): Resources {
  const custom = Object.entries(kinds)
    .filter(([, { addresses }]) => addresses.length > 0)
    .map(([name, { addresses }]) => [name, addresses] as const)
  if (custom.length === 0) return { cores, memoryMb }
  return { cores, memoryMb, custom: Object.fromEntries(custom) }
}

function executorOf(recorded: RecordedExecutor, state: ExecutorView['state']): ExecutorView {
  const { name, user, cores, command } = recorded.appdesc
  return {
    key: {
      kind: 'executor',
      applicationId: parseApplicationId(recorded.appid) ?? fail(),
      executor: recorded.id,
    },
    ...{ state, exitCode: null, message: null, hint: null },
    resources: sizeOf(1, recorded.memory, recorded.resources),
    caption: { name, user, maxCores: cores, command },
  }
}

test.each(['3.5.9', '4.1.4', '4.3.0'])(
  'J-03 J-04 J-07 fields, order and types are those of Spark %s',
  (version) => {
    const text = recording(version)
    const recorded = JSON.parse(text) as Recorded
    expect(recorded.executors.length).toBeGreaterThan(0)
    expect(recorded.finishedexecutors.length).toBeGreaterThan(0)
    expect(JSON.stringify(workerJson(viewOf(recorded)))).toBe(JSON.stringify(recorded))
  },
)

test.each(['3.5.9', '4.1.4'])(
  'J-04 J-07 custom resources are shown as by Spark %s, offered, used and per executor',
  (version) => {
    for (const name of ['worker_resources_json', 'worker_resources_idle_json']) {
      const recorded = JSON.parse(recording(version, name)) as Recorded
      expect(Object.keys(recorded.resources)).toContain('gpu')
      expect(JSON.stringify(workerJson(viewOf(recorded)))).toBe(JSON.stringify(recorded))
    }
  },
)

test('a worker without a master, and an application without a limit', () => {
  const recorded = JSON.parse(recording('4.3.0')) as Recorded
  const view = viewOf(recorded)
  const [executor] = view.executors
  const unlimited = {
    ...(executor ?? fail()),
    caption: { ...(executor ?? fail()).caption, maxCores: null },
  }
  const json = workerJson({
    ...view,
    masterUrl: null,
    masterWebUiUrl: null,
    executors: [unlimited],
  })
  expect(json).toMatchObject({ masterurl: '', masterwebuiurl: '' })
  expect(json['executors']).toMatchObject([{ appdesc: { cores: 0 } }])
})

function fail(): never {
  throw new Error('the recording holds something odd')
}
