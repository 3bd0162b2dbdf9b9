// Clusters with a secret and unmodified Spark: drivers and executors that prove it in every way that Spark
// has, and drivers that do not.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applicationIdOf, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { SPARK_VERSIONS } from '../support/spark-distributions.ts'
import { TestCluster } from '../support/test-cluster.ts'

const SECRET = 'b5b1f1c5c5a54e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a'
const AUTHENTICATE = { 'spark.authenticate': 'true', 'spark.authenticate.secret': SECRET }
const CRYPTO = { 'spark.network.crypto.enabled': 'true' }
const GCM = {
  ...CRYPTO,
  'spark.network.crypto.saslFallback': 'false',
  'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
  'spark.network.crypto.authEngineVersion': '2',
}

const MODES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['SASL', {}],
  ['SASL encryption', { 'spark.authenticate.enableSaslEncryption': 'true' }],
  ['AuthEngine with CTR', CRYPTO],
  ['AuthEngine 2 with GCM', GCM],
]

let cluster: TestCluster

describe.each(MODES)('%s', (_name, mode) => {
  const settings = { ...AUTHENTICATE, ...mode }

  beforeEach(async () => {
    cluster = new TestCluster(settings)
    await cluster.startMaster()
  })

  afterEach(() => cluster.stop())

  test.each(SPARK_VERSIONS)('Spark %s: SparkPi', async (version) => {
    await cluster.startWorker(smallWorker(version))
    const pi = await submitPi(cluster, version, { conf: settings })
    await pi.succeeded()
    expect(pi.stdout).toMatch(PI)
    const id = await applicationIdOf(pi)
    await cluster.application(id, (one) => one.state === 'FINISHED')
    await cluster.idle()
  })
})
