import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadDaemonConfiguration } from './daemon-configuration.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-conf-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

function load(extra: Record<string, string> = {}, propertiesFile?: string) {
  const environment = { PATH: process.env['PATH'] ?? '', SPARK_CONF_DIR: dir, ...extra }
  return loadDaemonConfiguration('SPARK_MASTER_OPTS', propertiesFile, environment)
}

test('spark-env.sh may set the options that win over spark-defaults.conf', async () => {
  await writeFile(path.join(dir, 'spark-env.sh'), 'SPARK_MASTER_OPTS="-Dspark.worker.timeout=30"\n')
  await writeFile(
    path.join(dir, 'spark-defaults.conf'),
    'spark.worker.timeout 90\nspark.deploy.defaultCores 4\n',
  )
  const { properties, environment } = await load()
  expect(Object.fromEntries(properties)).toEqual({
    'spark.worker.timeout': '30',
    'spark.deploy.defaultCores': '4',
  })
  expect(environment['SPARK_MASTER_OPTS']).toBe('-Dspark.worker.timeout=30')
})

test('--properties-file is read instead of spark-defaults.conf, and must exist', async () => {
  await writeFile(path.join(dir, 'spark-defaults.conf'), 'spark.worker.timeout 90\n')
  await writeFile(path.join(dir, 'other.conf'), 'spark.deploy.defaultCores 4\n')
  const { properties } = await load({}, path.join(dir, 'other.conf'))
  expect(Object.fromEntries(properties)).toEqual({ 'spark.deploy.defaultCores': '4' })
  await expect(load({}, path.join(dir, 'none.conf'))).rejects.toThrow('cannot be read')
})

test('one warning lists daemon keys that nothing honours, one JVM options', async () => {
  await writeFile(path.join(dir, 'spark-env.sh'), 'echo hello\n')
  const { warnings } = await load({
    SPARK_MASTER_OPTS: '-Xmx2g -Dspark.master.ui.title=1 -Dspark.deploy.recoveryMode=ZOOKEEPER',
    SPARK_DAEMON_JAVA_OPTS: '-Dspark.executor.memory=1g',
  })
  expect(warnings).toEqual([
    `${path.join(dir, 'spark-env.sh')} says: hello`,
    'options without effect, Hearth has no JVM: SPARK_MASTER_OPTS -Xmx2g',
    'set but not honoured: spark.deploy.recoveryMode, spark.master.ui.title',
  ])
})

test('a misspelt key of ours stops the start', async () => {
  await expect(load({ SPARK_MASTER_OPTS: '-Dhearth.worker.returnTimeot=5s' })).rejects.toThrow(
    'hearth.worker.returnTimeot is not a key of Hearth; did you mean hearth.worker.returnTimeout?',
  )
})
