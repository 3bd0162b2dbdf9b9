// Unmodified clients of Spark that submit drivers over RPC, against a master whose worker is a script: what they
// make of every answer. What a driver itself does is in cluster-mode-gateway.test.ts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { LaunchDriver, MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { formatMasterUrl } from '@hearth/common/domain/addresses.ts'
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { describeDriver } from '@hearth/common/protocol/spark-rpc/messages/driver-description.ts'
import { decodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testEnvironment } from '../support/environment.ts'
import { MasterRig } from '../support/master-rig.ts'
import { recordedMessage } from '../support/recorded-messages.ts'
import type { ScriptedWorker } from '../support/scripted-worker.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { TALKING_CLIENT } from '../support/talking-clients.ts'

let rig: MasterRig

beforeEach(async () => {
  rig = await MasterRig.start()
  const worker = await rig.connectWorker('worker-2', obey)
  await worker.registered({ cores: 64, memoryMb: 65_536 })
})

afterEach(() => rig.stop())

let sequence = 0

// Does with a driver what the first argument of its application says.
function obey(message: MasterToWorker, worker: ScriptedWorker): void {
  const report = (
    { driverId, attempt }: Pick<LaunchDriver, 'driverId' | 'attempt'>,
    state: 'running' | 'exited' | 'failed' | 'killed',
    rest: { exitCode?: number; message?: string } = {},
  ) => {
    sequence += 1
    const { exitCode = null, message: text = null } = rest
    worker.send({
      ...{ type: 'driver-state', sequence, driverId, attempt, state, exitCode, message: text },
    })
  }
  if (message.type === 'kill-driver') report(message, 'killed', { exitCode: 143 })
  if (message.type !== 'launch-driver') return
  const [, , , what] = message.payload.command.arguments
  if (what === 'lack') return report(message, 'failed', { message: 'cannot fetch the jar' })
  report(message, 'running')
  if (what === 'finish') report(message, 'exited', { exitCode: 0 })
  if (what === 'fail') report(message, 'exited', { exitCode: 3 })
}

interface Ended {
  readonly exitCode: number | null
  readonly output: string
}

async function run(
  version: SparkVersion,
  program: string,
  args: readonly string[],
): Promise<Ended> {
  const home = sparkHome(version)
  const environment = {
    ...{ ...testEnvironment(), ...TALKING_CLIENT },
    ...{ SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1' },
  }
  const child = spawn(path.join(home, 'bin', program), args, { env: environment, stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, output }
}

const SUBMITTED_WITH = ['--deploy-mode', 'cluster', '--class', 'Main'] as const

function submit(
  version: SparkVersion,
  what: string,
  conf: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const settings = {
    'spark.standalone.submit.waitAppCompletion': 'true',
    // More than the rig's own worker has, which leaves drivers alone.
    'spark.driver.memory': '16g',
    ...conf,
  }
  return run(version, 'spark-submit', [
    ...['--master', formatMasterUrl(rig.master.address), ...SUBMITTED_WITH],
    ...Object.entries(settings).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
    ...['file:///no/such.jar', what],
  ])
}

function kill(version: SparkVersion, driverId: string): Promise<Ended> {
  const url = formatMasterUrl(rig.master.address)
  return run(version, 'spark-class', ['org.apache.spark.deploy.Client', 'kill', url, driverId])
}

/** A driver that stays, submitted by a client that is no JVM. */
async function driverThatStays(): Promise<string> {
  const client = await rig.driver()
  const recorded = recordedMessage('4.3.0', 'cluster-rpc', 'RequestSubmitDriver')
  const command = { ...recorded.description.command, arguments: ['', '', 'Main', 'stay'] }
  const description = describeDriver(classTableOf('2.13'), { ...recorded.description, command })
  const answer = decodeSparkMessage(await client.ask('Master', { ...recorded, description }))
  if (answer.type !== 'SubmitDriverResponse') throw new Error(answer.type)
  return answer.driverId ?? ''
}

// What FINISHED and FAILED, a running driver and --supervise come to is seen with real drivers.
test.each(SPARK_VERSIONS)('the client of %s takes every answer as Spark’s own', async (version) => {
  const id = await driverThatStays()
  const [lacking, refused, killed, unknown] = await Promise.all([
    submit(version, 'lack'),
    submit(version, 'finish', { 'spark.executor.resource.gpu.amount': '1.5' }),
    kill(version, id),
    kill(version, 'driver-20260101000000-0000'),
  ])
  expect(lacking.output).toMatch(/Driver successfully submitted as driver-\d{14}-\d{4}/)
  expect(lacking.output).toMatch(/State of driver-\d{14}-\d{4} is ERROR/)
  expect(lacking.output).toMatch(/Exception from cluster[\s\S]*java\.lang\.Exception: cannot fetch/)
  expect(lacking.exitCode).toBe(255)

  const sentence =
    'spark.executor.resource.gpu.amount is "1.5"; it must be a whole number from 1 to'
  expect(refused.output).toContain(`This master cannot take the driver: ${sentence}`)
  expect(refused.exitCode).toBe(255)

  // It asks once more before it ends, and is told that the driver is KILLED.
  expect(killed.exitCode).toBe(0)
  expect(unknown.exitCode).toBe(255)
  expect(killed.output).toContain(`Kill request for ${id} submitted`)
  expect(killed.output).toContain(`State of ${id} is KILLED`)
  expect(unknown.output).toContain(
    'Driver driver-20260101000000-0000 has already finished or does not exist',
  )
})
