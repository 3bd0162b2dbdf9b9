// Unmodified spark-submit in cluster mode, over RPC: the cluster runs the driver, and its client asks for it.
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  driverIdOf,
  driverOf,
  driverOutput,
  driverPrints,
  startDriverCluster,
  submitPiToCluster,
} from '../support/cluster-mode.ts'
import { finishFile } from '../support/finish-file.ts'
import { placesOf } from '../support/places-of.ts'
import { runToEnd } from '../support/run-to-end.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { PI } from '../support/spark-jobs.ts'
import { killDriverThenNode, PATIENT } from '../support/supervised-driver.ts'
import type { TestCluster } from '../support/test-cluster.ts'

const WAIT = { 'spark.standalone.submit.waitAppCompletion': 'true' }

let cluster: TestCluster

afterEach(() => cluster.stop())

async function startCluster(
  version: SparkVersion,
  settings: Readonly<Record<string, string>> = {},
  workers = 1,
): Promise<void> {
  cluster = await startDriverCluster(version, { settings, workers })
}

test.each(SPARK_VERSIONS)(
  'Spark %s: SparkPi to its end, and a driver that fails',
  async (version) => {
    await startCluster(version)
    const [pi, failing] = await Promise.all([
      submitPiToCluster(cluster, version, { conf: WAIT }),
      submitPiToCluster(cluster, version, { conf: WAIT, args: ['no-number'] }),
    ])
    const id = await driverIdOf(pi)
    await driverPrints(cluster, id, 0, PI)
    await driverOf(cluster, id, ({ state, exitCode }) => state === 'finished' && exitCode === 0)
    await pi.succeeded()
    expect(pi.stderr).toContain(`State of driver ${id} is FINISHED, exiting spark-submit JVM.`)

    // Spark's client ends with 0 all the same; its driver's code and reason are the master's to tell.
    const failed = await driverIdOf(failing)
    await failing.succeeded()
    expect(failing.stderr).toContain(
      `State of driver ${failed} is FAILED, exiting spark-submit JVM.`,
    )
    const { exitCode, message } = await driverOf(cluster, failed, ({ state }) => state === 'failed')
    expect(exitCode).toBe(1)
    expect(message).toMatch(/code 1/)
    expect(driverOutput(cluster, failed, 0, 'stderr')).toContain('NumberFormatException')
    await cluster.idle()
  },
)

describe('with a secret', () => {
  // As `openssl rand -hex 32` makes them.
  const SECRET = 'b5b1f1c5c5a54e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a'
  const AUTHENTICATE = { 'spark.authenticate': 'true', 'spark.authenticate.secret': SECRET }
  const GCM = {
    ...AUTHENTICATE,
    'spark.network.crypto.enabled': 'true',
    'spark.network.crypto.saslFallback': 'false',
    'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
    'spark.network.crypto.authEngineVersion': '2',
  }

  test.each<[SparkVersion, string, Readonly<Record<string, string>>]>([
    ['3.5.9', 'SASL', AUTHENTICATE],
    ['4.1.4', 'AuthEngine 2 with GCM', GCM],
    ['4.3.0', 'AuthEngine with CTR', { ...AUTHENTICATE, 'spark.network.crypto.enabled': 'true' }],
  ])(
    'Spark %s, %s: a driver works until Spark’s own client ends it, and tells nobody the secret',
    async (version, _mode, settings) => {
      await startCluster(version, settings)
      const pi = await submitPiToCluster(cluster, version, {
        conf: { ...WAIT, ...settings },
        args: ['4', '--until-file', finishFile(cluster).path],
      })
      const id = await driverIdOf(pi)
      await driverPrints(cluster, id, 0, /^round 2 inside/m)
      expect(placesOf(cluster, SECRET)).toEqual([])

      const options = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`)
      await runToEnd(
        path.join(sparkHome(version), 'bin', 'spark-class'),
        ['org.apache.spark.deploy.Client', 'kill', cluster.masterUrl, id],
        {
          environment: cluster.environment({
            SPARK_HOME: sparkHome(version),
            SPARK_LOCAL_IP: '127.0.0.1',
            JAVA_TOOL_OPTIONS: options.join(' '),
          }),
        },
      )
      await driverOf(cluster, id, ({ state }) => state === 'killed')
      await pi.succeeded()
      expect(pi.stderr).toContain(`State of driver ${id} is KILLED, exiting spark-submit JVM.`)
      await cluster.idle()
    },
  )
})

test.each(SPARK_VERSIONS)(
  'Spark %s, --supervise: a driver that is killed runs again, and elsewhere when its node dies',
  async (version) => {
    await startCluster(version, PATIENT, 2)
    const finish = finishFile(cluster)
    const pi = await submitPiToCluster(cluster, version, {
      options: ['--supervise'],
      args: ['4', '--until-file', finish.path],
    })
    const id = await driverIdOf(pi)
    // It ends without waiting for its driver.
    await pi.succeeded()
    expect(pi.stderr).toContain(`State of ${id} is RUNNING`)
    const next = await killDriverThenNode(cluster, id)
    finish.now()
    await driverOf(cluster, next, ({ state }) => state === 'finished')
    await cluster.idle()
  },
)
