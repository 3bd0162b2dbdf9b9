// Whom a pass looks at when nothing has happened but that somebody came.
import { expect, test } from 'vitest'
import { createCluster, type Cluster } from './cluster.ts'
import { parseCommand } from './scenarios/commands.ts'
import { isPlacementDue } from './scheduling.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { step } from './step.ts'

const NOW = { mono: 0, wall: 0 }

function clusterAfter(...lines: string[]): Cluster {
  const cluster = createCluster(DEFAULT_SETTINGS, 0)
  for (const line of lines) play(cluster, line)
  return cluster
}

function play(cluster: Cluster, line: string): void {
  for (const effect of step(cluster, parseCommand(`0 ${line}`, cluster).event, NOW)) {
    if (effect.type === 'persist') {
      step(cluster, { type: 'record.persisted', key: effect.key }, NOW)
    }
  }
  if (isPlacementDue(cluster)) step(cluster, { type: 'placement.due' }, NOW)
}

function firstWait(cluster: Cluster) {
  const [first] = cluster.applications.values()
  return first?.wait
}

test('a newcomer that gets nothing is looked at alone', () => {
  const cluster = clusterAfter('register w1 cores=2', 'application d1 memory=9000')
  const before = firstWait(cluster)
  play(cluster, 'application d2 memory=9000')
  expect(before?.counts).toMatchObject({ memory: 1 })
  expect(firstWait(cluster)).toBe(before)
})

test('what a newcomer takes shows in what the others wait for', () => {
  const cluster = clusterAfter('register w1 cores=2', 'application d1 memory=9000')
  play(cluster, 'application d2')
  expect(firstWait(cluster)?.counts).toMatchObject({ cores: 1, memory: 0 })
})
