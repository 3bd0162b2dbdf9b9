import { expect, test } from 'vitest'
import { ignoredKeys, unknownOwnKeys } from './ignored-keys.ts'
import type { ConfigTable } from './table.ts'

const TABLES: readonly ConfigTable[] = [
  {
    spreadOut: {
      key: 'spark.deploy.spreadOutApps',
      aliases: ['spark.deploy.spreadOut'],
      kind: 'boolean',
      default: true,
      doc: 'Spread.',
    },
  },
  {
    orphanLimitMs: { key: 'hearth.worker.orphanLimit', kind: 'duration-ms', default: 1, doc: 'O.' },
  },
]

function keys(...names: string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name, 'x']))
}

test('daemon keys that no table honours are listed; applications’ keys are not', () => {
  const properties = keys(
    'spark.worker.cleanup.enabled',
    'spark.deploy.spreadOut',
    'spark.deploy.zookeeper.url',
    'spark.executor.memory',
    'spark.sql.shuffle.partitions',
    'spark.decommission.enabled',
    'spark.ui.killEnabled',
    'spark.ui.port',
    'hearth.worker.orphanLimit',
  )
  expect(ignoredKeys(TABLES, properties)).toEqual([
    'spark.decommission.enabled',
    'spark.deploy.zookeeper.url',
    'spark.ui.killEnabled',
    'spark.worker.cleanup.enabled',
  ])
})

test('an unknown key of ours is a mistake, with the nearest key when one is near', () => {
  expect(
    unknownOwnKeys(TABLES, keys('hearth.worker.orphanLimits', 'hearth.teapot', 'spark.teapot')),
  ).toEqual([
    'hearth.worker.orphanLimits is not a key of Hearth; did you mean hearth.worker.orphanLimit?',
    'hearth.teapot is not a key of Hearth',
  ])
})
