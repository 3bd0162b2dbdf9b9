import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoEnvironment } from './demo-environment.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'hearth-demo-'))
})

afterEach(() => rmSync(dir, { recursive: true }))

const surroundings = (extra: Record<string, string> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  SPARK_CONF_DIR: dir,
  ...extra,
})

test('without a secret nothing changes', async () => {
  expect(await demoEnvironment(surroundings())).toEqual(surroundings())
})

test('a secret that the driver knows too is proven', async () => {
  const lines = ['spark.authenticate true', 'spark.authenticate.secret correct-horse']
  writeFileSync(path.join(dir, 'spark-defaults.conf'), lines.join('\n'))
  expect(await demoEnvironment(surroundings())).toEqual(surroundings())
})

test('one that it cannot know is not asked for', async () => {
  const environment = surroundings({ HEARTH_SECRET: 'correct horse' })
  expect(await demoEnvironment(environment)).toEqual({
    ...environment,
    SPARK_DAEMON_JAVA_OPTS: '-Dspark.authenticate=false',
  })
  writeFileSync(path.join(dir, 'spark-defaults.conf'), 'spark.authenticate.secret correct-horse\n')
  const options = { SPARK_DAEMON_JAVA_OPTS: '-Dspark.worker.timeout=30' }
  expect((await demoEnvironment(surroundings(options)))['SPARK_DAEMON_JAVA_OPTS']).toBe(
    '-Dspark.worker.timeout=30 -Dspark.authenticate=false',
  )
})
