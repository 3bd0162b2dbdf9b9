// Unmodified spark-submit in cluster mode, over REST: create, status and kill of three releases, drivers and nodes
// that are killed, a master that is dead, and Python.
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import {
  driverOf,
  driverOutput,
  driverPrints,
  startDriverCluster,
} from '../support/cluster-mode.ts'
import { finishFile } from '../support/finish-file.ts'
import { askRest, submissionOf } from '../support/rest-client.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { PI, PYTHON_JOBS } from '../support/spark-jobs.ts'
import { SPARK_PI_CLASS, sparkPiJar } from '../support/spark-pi.ts'
import type { Submission } from '../support/submission.ts'
import { killDriverThenNode, PATIENT } from '../support/supervised-driver.ts'
import { TALKING_CLIENT } from '../support/talking-clients.ts'
import type { TestCluster } from '../support/test-cluster.ts'

const OVER_REST = { 'spark.master.rest.enabled': 'true', 'spark.cores.max': '1' }

let cluster: TestCluster

afterEach(() => cluster.stop())

async function startCluster(
  version: SparkVersion,
  settings: Readonly<Record<string, string>> = {},
  workers = 1,
): Promise<void> {
  cluster = await startDriverCluster(version, { settings, workers })
}

/** The REST port as clients of Spark name it. */
function restMaster(): string {
  return cluster.restUrl.replace('http://', 'spark://')
}

interface PiOptions {
  readonly masterUrl?: string
  readonly options?: readonly string[]
  readonly args?: readonly string[]
}

async function submitPi(
  version: SparkVersion,
  { masterUrl = restMaster(), options = [], args = ['4'] }: PiOptions = {},
): Promise<Submission> {
  const jar = `file://${await sparkPiJar(version)}`
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: `SparkPi ${version}`,
    masterUrl,
    environment: TALKING_CLIENT,
    conf: OVER_REST,
    args: ['--deploy-mode', 'cluster', ...options, '--class', SPARK_PI_CLASS, jar, ...args],
  })
}

/** The id in the client's log, which ends well once the driver is created and has been looked at. */
async function createdBy(submission: Submission): Promise<string> {
  await submission.succeeded()
  const [, id = ''] = await submission.output(/Submission successfully created as (driver-\S+?)\./)
  expect(submission.stderr).toContain(`State of driver ${id} is now`)
  return id
}

/** What `spark-submit --status ID` and `--kill ID` print. */
async function ask(
  version: SparkVersion,
  question: '--status' | '--kill',
  id: string,
): Promise<string> {
  const submission = cluster.submit({
    sparkHome: sparkHome(version),
    name: question,
    masterUrl: restMaster(),
    environment: TALKING_CLIENT,
    args: [question, id],
  })
  await submission.succeeded()
  return submission.stderr
}

it.each(SPARK_VERSIONS)(
  'R-04 Spark %s: created from its main method; Pi to FINISHED, a failing driver, status and kill',
  async (version) => {
    await startCluster(version)
    const [pi, failing, endless] = await Promise.all(
      [['4'], ['no-number'], ['4', '--until-file', finishFile(cluster).path]].map(async (args) =>
        createdBy(await submitPi(version, { args })),
      ),
    )
    await driverPrints(cluster, pi ?? '', 0, PI)
    await driverOf(cluster, pi ?? '', ({ state }) => state === 'finished')
    await driverOf(
      cluster,
      failing ?? '',
      ({ state, exitCode }) => state === 'failed' && exitCode === 1,
    )
    expect(driverOutput(cluster, failing ?? '', 0, 'stderr')).toContain('NumberFormatException')
    await driverPrints(cluster, endless ?? '', 0, /^round 1 inside/m)

    const [status, kill] = await Promise.all([
      ask(version, '--status', pi ?? ''),
      ask(version, '--kill', endless ?? ''),
    ])
    expect(status).toContain('"driverState" : "FINISHED"')
    expect(kill).toContain(`Kill request for ${endless} submitted`)
    expect(kill).toContain(`${endless} is killed successfully.`)
    await waitFor(endless ?? '', 'KILLED')
    await waitFor(pi ?? '', 'FINISHED')
    const { fields } = await waitFor(failing ?? '', 'FAILED')
    expect(fields['message']).toMatch(/^Exception from the cluster:\n.*code 1/)
    await cluster.idle()
  },
)

it.each(SPARK_VERSIONS)(
  'R-03 Spark %s: create with several masters, one of them dead; supervised, it outlives kill -9 and its node',
  async (version) => {
    await startCluster(version, PATIENT, 2)
    const finish = finishFile(cluster)
    const alive = restMaster().replace('spark://', '')
    const pi = await submitPi(version, {
      masterUrl: `spark://127.0.0.1:1,${alive}`,
      options: ['--supervise'],
      args: ['4', '--until-file', finish.path],
    })
    const id = await createdBy(pi)
    expect(pi.stderr).toContain('Unable to connect to server spark://127.0.0.1:1')
    const next = await killDriverThenNode(cluster, id)
    await waitFor(id, 'RELAUNCHING')
    finish.now()
    const { fields } = await waitFor(next, 'FINISHED')
    expect(fields).toMatchObject({ submissionId: next, success: true })
    await cluster.idle()
  },
)

async function waitFor(id: string, state: string) {
  const ours = state === 'RELAUNCHING' ? 'relaunched' : state.toLowerCase()
  await driverOf(cluster, id, (driver) => driver.state === ours)
  const answer = await askRest(cluster.restUrl, 'GET', `status/${id}`)
  expect(answer.fields['driverState']).toBe(state)
  return answer
}

it.each<SparkVersion>(['3.5.9', '4.3.0'])(
  'R-20 Spark %s: a Python application in cluster mode, whose driver is spark-submit itself',
  async (version) => {
    await startCluster(version)
    const body = submissionOf({
      clientSparkVersion: version,
      appResource: '',
      mainClass: 'org.apache.spark.deploy.SparkSubmit',
      appArgs: ['--master', cluster.masterUrl, path.join(PYTHON_JOBS, 'shuffle.py')],
      environmentVariables: {},
      sparkProperties: {
        'spark.app.name': 'py over REST',
        'spark.master': cluster.masterUrl,
        'spark.driver.memory': '512m',
        'spark.executor.memory': '512m',
        'spark.driver.host': '127.0.0.1',
      },
    })
    const { status, fields, text } = await askRest(cluster.restUrl, 'POST', 'create', { body })
    expect(status, text).toBe(200)
    const id = String(fields['submissionId'])
    await driverOf(cluster, id, ({ state }) => state === 'running')
    await driverPrints(cluster, id, 0, /keys 10 total 49995000/)
    await waitFor(id, 'FINISHED')
    // Ran here, and not in the driver's own JVM as local[*].
    const { completedapps } = await cluster.json()
    expect(completedapps.map(({ name }) => name)).toEqual(['py over REST'])
    await cluster.idle()
  },
)
