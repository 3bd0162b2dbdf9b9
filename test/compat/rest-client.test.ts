// Spark's own RestSubmissionClient, through spark-submit, against a master whose worker is a script: what it sends,
// and what it makes of answers that are no success.
import path from 'node:path'
import type { LaunchDriver, MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runProgram, type ProgramResult } from '../../packages/cli/src/spark/run-program.ts'
import { testEnvironment } from '../support/environment.ts'
import { MasterRig } from '../support/master-rig.ts'
import { sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { waitUntil } from '../support/wait-until.ts'

let rig: MasterRig
let launched: LaunchDriver[]

async function start(properties: Readonly<Record<string, string>> = {}): Promise<void> {
  rig = await MasterRig.start(properties)
  const worker = await rig.connectWorker('worker-2', (message: MasterToWorker) => {
    if (message.type === 'launch-driver') launched.push(message)
  })
  await worker.registered({ cores: 64, memoryMb: 65_536 })
}

beforeEach(() => {
  launched = []
})

afterEach(() => rig.stop())

function submit(version: SparkVersion, args: readonly string[]): Promise<ProgramResult> {
  const home = sparkHome(version)
  return runProgram(
    path.join(home, 'bin', 'spark-submit'),
    ['--master', (rig.master.restUrl ?? '').replace('http://', 'spark://'), ...args],
    {
      ...testEnvironment(),
      ...{ SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1', SPARK_ENV_LOADED: '1' },
      ...{ SPARK_CONF_DIR: path.join(home, 'conf'), SPARK_OF_OURS: 'a b', OF_OURS: 'x' },
    },
    TIMEOUT_MS,
  )
}

// Of a JVM that starts, on a machine that may be busy.
const TIMEOUT_MS = 120_000

const CREATE = ['--deploy-mode', 'cluster', '--conf', 'spark.master.rest.enabled=true']

it.each<SparkVersion>(['3.5.9', '4.3.0'])(
  'R-16 client environment filter of Spark %s: three variables are never sent (and R-01: all fields are)',
  async (version) => {
    await start()
    const { exitCode, stderr } = await submit(version, [
      ...CREATE,
      // More than the rig's own worker has, which leaves drivers alone.
      ...['--name', 'two words', '--driver-memory', '16g', '--driver-cores', '2', '--supervise'],
      ...['--class', 'com.example.Main', 'http://host.example/app.jar', '1', 'two words'],
    ])
    expect(exitCode, stderr).toBe(0)
    const order = await waitUntil('the order to run it', () => launched[0])
    expect(order).toMatchObject({ cores: 2, memoryMb: 16_384, supervised: true })
    const { jarUrl, command } = order.payload
    expect(jarUrl).toBe('http://host.example/app.jar')
    expect(command.arguments.slice(2)).toEqual(['com.example.Main', '1', 'two words'])
    expect(command.javaOptions).toContain('-Dspark.app.name=two words')
    expect(command.environment['SPARK_OF_OURS']).toBe('a b')
    for (const name of [
      'SPARK_ENV_LOADED',
      'SPARK_HOME',
      'SPARK_CONF_DIR',
      'SPARK_LOCAL_IP',
      'OF_OURS',
    ]) {
      expect(command.environment).not.toHaveProperty(name)
    }
  },
)

it('R-15 faulty server: an ErrorResponse with another status than 200 is understood by the client', async () => {
  await start({ 'hearth.rest.open': 'false' })
  const [create, status] = await Promise.all([
    submit('4.3.0', [...CREATE, '--class', 'Main', 'http://host.example/app.jar']),
    submit('4.3.0', ['--status', 'driver-1']),
  ])
  for (const { stderr } of [create, status]) {
    expect(stderr).toContain('Server responded with error:')
    expect(stderr).toContain('This master takes requests with a token only')
  }
  expect(launched).toEqual([])
})
