// `hearth submit` with real Spark: a jar that works, and a Python application, which spark-submit does not take in
// cluster mode, that fails while its log is followed.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandSite } from '../support/hearth-command.ts'
import { sparkHome } from '../support/spark-distributions.ts'
import { SPARK_PI_CLASS, sparkPiJar } from '../support/spark-pi.ts'
import { waitUntil } from '../support/wait-until.ts'

const VERSION = '4.1.4'
const DRIVER_TIMEOUT_MS = 120_000
const APPLICATION = `
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("counted", spark.range(1000).count(), *sys.argv[1:], flush=True)
spark.stop()
print("the input is missing", file=sys.stderr, flush=True)
sys.exit(7)
`

let site: CommandSite

beforeEach(() => {
  site = new CommandSite()
})

afterEach(() => site.dispose())

test('submit --wait ends as the driver does, and logs --follow with it', async () => {
  const size = ['-n', '1', '--cores', '2', '--memory', '2G']
  const up = site.start(['up', ...size, '--port', '0', '--webui-port', '0'], {
    SPARK_HOME: sparkHome(VERSION),
  })
  const { url, webUiUrl, restUrl } = await up.message('ready')
  const ui = { HEARTH_MASTER_UI: String(webUiUrl) }
  const submit = (...args: readonly string[]) =>
    site.run(
      [
        ...['submit', '--wait', '--master', String(url), '--rest-url', String(restUrl)],
        ...['--driver-memory', '512m', '--executor-memory', '512m', '--total-executor-cores', '1'],
        ...args,
      ],
      {},
      DRIVER_TIMEOUT_MS,
    )

  // The web UI is not named: the master's port tells where it is.
  const pi = await submit('--class', SPARK_PI_CLASS, await sparkPiJar(VERSION), '4')
  expect(pi.exitCode, pi.stderr).toBe(0)
  expect(pi.stderr).toMatch(/ FINISHED\n$/)
  const [piId = ''] = pi.stdout.split('\n')
  expect((await site.run(['logs', piId, 'stdout'], ui)).stdout).toContain('Pi is roughly 3.1')

  const file = path.join(site.directory, 'fails.py')
  writeFileSync(file, APPLICATION)
  const failing = submit(file, 'a b', '$(c)')
  const id = await waitUntil('the driver to be known', async () => {
    const { stdout } = await site.run(['drivers', '--json'], ui)
    const drivers = JSON.parse(stdout) as { id: string; name: string }[]
    return drivers.find(({ name }) => name === 'fails.py')?.id
  })
  const followed = await site.run(['logs', '--follow', id], ui, DRIVER_TIMEOUT_MS)
  // Spark's PythonRunner puts what Python writes to standard error into standard output.
  const written = 'counted 1000 a b $(c)\nthe input is missing\n'
  expect(followed).toMatchObject({ exitCode: 0, stdout: written })
  expect(followed.stderr).toContain('Successfully stopped SparkContext')
  const { exitCode, stdout, stderr } = await failing
  expect([exitCode, stdout]).toEqual([7, `${id}\n`])
  expect(stderr.match(/ RUNNING on worker-/g)).toHaveLength(1)
  expect(stderr).toMatch(new RegExp(`^${id} FAILED: .*code 7`, 'm'))

  expect((await site.run(['status', id], ui)).stdout).toMatch(/^exit code +7$/m)
  const kill = await site.run(['kill', id], ui)
  expect(kill.exitCode).toBe(3)
  expect(kill.stderr).toContain('nothing to end')
  up.kill('SIGINT')
  expect(await up.exited).toBe(0)
  await site.allEnded()
})
