// How long the answer to "why is my job waiting?" takes on a large pool with many who wait: the core
// alone, and over HTTP with its JSON.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { parseWorkerId } from '@hearth/common/domain/ids.ts'
import { createCluster, type Cluster } from '@hearth/master/core/cluster.ts'
import type { MasterEvent } from '@hearth/master/core/events.ts'
import { DEFAULT_SETTINGS } from '@hearth/master/core/settings.ts'
import { step } from '@hearth/master/core/step.ts'
import { explain } from '@hearth/master/core/why/explain.ts'

const NOW = { mono: 0, wall: 0 }

export interface WhyBenchOptions {
  readonly workers: number
  readonly waiting: number
  readonly rounds: number
  readonly say: (line: string) => void
}

export async function benchWhy({ workers, waiting, rounds, say }: WhyBenchOptions): Promise<void> {
  const cluster = fullCluster(workers, waiting)
  const ids = [...cluster.applications.values()].filter(({ wait }) => wait !== null)
  const core: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const id = ids[(round * 37) % ids.length]?.id ?? ''
    const startedAt = performance.now()
    const explanation = explain(cluster, id, NOW)
    core.push(performance.now() - startedAt)
    if (explanation?.profiles.length !== 1) throw new Error(`${id} does not wait`)
  }
  const http = await timeOverHttp(cluster, ids.at(-1)?.id ?? '', rounds)
  say(`${workers} workers, ${ids.length} applications that wait, ${rounds} answers`)
  say(`core:  ${describe(core)}`)
  say(`HTTP:  ${describe(http)}`)
}

// Every core is taken by one application; the others wait for what is not there.
function fullCluster(workers: number, waiting: number): Cluster {
  const cluster = createCluster(DEFAULT_SETTINGS, 0)
  for (let index = 0; index < workers; index += 1) {
    const workerId = parseWorkerId(`worker-${index}`)
    if (workerId === undefined) throw new Error('not an id')
    push(cluster, {
      type: 'worker.register-requested',
      peer: `w${index}`,
      registration: {
        ...{ workerId, host: `node-${index}`, launcherPort: 7078, webUiUrl: '' },
        ...{ held: [], heldDrivers: [], driverGraceMs: 10_000 },
        offered: { cores: 16, memoryMb: 65_536 },
        decommissioning: false,
      },
    })
  }
  for (let index = 0; index <= waiting; index += 1) {
    push(cluster, {
      type: 'application.register-requested',
      peer: `d${index}`,
      client: `driver-${index}:4000`,
      description: {
        ...{ name: `waits-${index}`, user: 'bench', maxCores: null, executorLimit: null },
        executor: { cores: (index % 8) + 1, memoryMb: 1024 },
        ...{ uiUrl: '', payload: { kind: 'bench' } },
      },
    })
    step(cluster, { type: 'placement.due' }, NOW)
  }
  return cluster
}

function push(cluster: Cluster, event: MasterEvent): void {
  for (const effect of step(cluster, event, NOW)) {
    if (effect.type !== 'persist' || effect.record === null) continue
    step(cluster, { type: 'record.persisted', key: effect.key }, NOW)
  }
}

async function timeOverHttp(cluster: Cluster, id: string, rounds: number): Promise<number[]> {
  const server = Fastify()
  server.get('/why', () => explain(cluster, id, NOW))
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const times: number[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now()
      const response = await fetch(`http://127.0.0.1:${port}/why`)
      await response.json()
      times.push(performance.now() - startedAt)
    }
  } finally {
    await server.close()
  }
  return times
}

function describe(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(2)
  return `median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`
}
