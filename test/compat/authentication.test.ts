// Clusters with a secret and unmodified Spark: drivers and executors that prove it in every way that Spark
// has, drivers that do not, and drivers to which the master has to prove it.
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import { afterEach, describe, expect, test } from 'vitest'
import { CuttableProxy } from '../support/cuttable-proxy.ts'
import { finishFile } from '../support/finish-file.ts'
import { placesOf } from '../support/places-of.ts'
import { killAll, markedExecutors } from '../support/processes.ts'
import { SPARK_VERSIONS, sparkHome, type SparkVersion } from '../support/spark-distributions.ts'
import { applicationIdOf, moreRounds, PI, submitPi } from '../support/spark-jobs.ts'
import type { Submission } from '../support/submission.ts'
import { TestCluster } from '../support/test-cluster.ts'

type Settings = Readonly<Record<string, string>>

// As `openssl rand -hex 32` makes them.
const SECRET = 'b5b1f1c5c5a54e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a9d7f4e0a'
const AUTHENTICATE = { 'spark.authenticate': 'true', 'spark.authenticate.secret': SECRET }
const SASL_ENCRYPTION = { ...AUTHENTICATE, 'spark.authenticate.enableSaslEncryption': 'true' }
const CTR = {
  ...AUTHENTICATE,
  'spark.network.crypto.enabled': 'true',
  'spark.network.crypto.saslFallback': 'false',
}
const GCM = {
  ...CTR,
  'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
  'spark.network.crypto.authEngineVersion': '2',
}

const MODES: readonly (readonly [string, Settings])[] = [
  ['SASL', AUTHENTICATE],
  ['SASL encryption', SASL_ENCRYPTION],
  ['AuthEngine with CTR', CTR],
  ['AuthEngine 2 with GCM', GCM],
]

const DYNAMIC_ALLOCATION = {
  'spark.executor.cores': '1',
  'spark.dynamicAllocation.enabled': 'true',
  'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
  'spark.dynamicAllocation.executorIdleTimeout': '1s',
  'spark.dynamicAllocation.maxExecutors': '2',
}

let cluster: TestCluster

afterEach(() => cluster.stop())

async function startCluster(settings: Settings, version?: SparkVersion): Promise<void> {
  cluster = new TestCluster(settings)
  await cluster.startMaster()
  if (version === undefined) return
  await cluster.startWorker({ sparkHome: sparkHome(version), cores: 3, memory: '3g' })
}

describe.each(MODES)('%s', (_name, settings) => {
  test.each(SPARK_VERSIONS)(
    'Spark %s: SparkPi beside one that grows and shrinks',
    async (version) => {
      await startCluster(settings, version)
      const finish = finishFile(cluster)
      const [pi, dynamic] = await Promise.all([
        submitPi(cluster, version, { conf: { ...settings, 'spark.cores.max': '1' } }),
        submitPi(cluster, version, {
          conf: { ...settings, ...DYNAMIC_ALLOCATION },
          args: ['--task-ms', '500', '--rest-until-file', finish.path],
        }),
      ])
      const id = await applicationIdOf(dynamic)
      await cluster.application(id, (one) => one.cores === 2)
      await dynamic.output(/^round 1 inside/m)
      await cluster.application(id, (one) => one.cores === 0)
      finish.now()
      await Promise.all([succeeds(pi), succeeds(dynamic)])
      await cluster.idle()
    },
  )
})

async function succeeds(pi: Submission): Promise<void> {
  await pi.succeeded()
  expect(pi.stdout).toMatch(PI)
  await cluster.application(await applicationIdOf(pi), (one) => one.state === 'FINISHED')
}

describe('a driver that is refused finds the reason in its own log', () => {
  const refusals: readonly (readonly [string, Settings, Settings, RegExp])[] = [
    [
      'with another secret',
      AUTHENTICATE,
      { ...AUTHENTICATE, 'spark.authenticate.secret': 'another' },
      /Hearth: check spark\.authenticate\.secret: it must be the secret of this cluster/,
    ],
    [
      'without authentication',
      AUTHENTICATE,
      {},
      /Hearth: this cluster requires authentication: set spark\.authenticate=true and spark\.authenticate\.secret/,
    ],
    [
      'with a secret where there is none',
      {},
      AUTHENTICATE,
      /the peer wants to authenticate, but this cluster has no secret/,
    ],
  ]

  test.each(refusals)('%s', async (_name, ours, theirs, text) => {
    await startCluster(ours)
    const drivers = await Promise.all(
      SPARK_VERSIONS.map((version) => submitPi(cluster, version, { conf: theirs })),
    )
    for (const driver of drivers) {
      await driver.output(/Failed to connect to master/)
      await driver.output(text)
      driver.kill()
      await driver.exited
    }
    const { activeapps, completedapps } = await cluster.json()
    expect([...activeapps, ...completedapps]).toEqual([])
  })
})

describe('a driver whose connection breaks is dialled, and the secret proven to it', () => {
  const broken: readonly (readonly [string, SparkVersion, Settings])[] = [
    ['SASL', '4.1.4', AUTHENTICATE],
    ['SASL encryption', '3.5.9', SASL_ENCRYPTION],
    ['AuthEngine with CTR', '4.1.4', CTR],
    ['AuthEngine 2 with GCM', '4.3.0', GCM],
  ]
  let proxy: CuttableProxy

  afterEach(() => proxy.close())

  test.each(broken)('%s, Spark %s', async (_name, version, settings) => {
    await startCluster(settings, version)
    const address = parseHostPort(cluster.masterUrl.replace('spark://', ''))
    if (address === undefined) throw new Error(`no address: ${cluster.masterUrl}`)
    proxy = await CuttableProxy.open(address)
    const finish = finishFile(cluster)
    const pi = await submitPi(cluster, version, {
      masterUrl: `spark://127.0.0.1:${proxy.port}`,
      conf: { ...settings, 'spark.cores.max': '1' },
      args: ['--until-file', finish.path],
    })
    const id = await applicationIdOf(pi)
    await moreRounds(pi, 1)
    proxy.cut()
    await pi.output(/Master has changed, new master is at/)
    // What the master does from now on reaches the driver over the connection that the master dialled.
    killAll(markedExecutors(cluster.mark))
    await pi.output(/Executor added: app-\S+\/1 on/)
    await moreRounds(pi, 1)
    expect(placesOf(cluster, SECRET)).toEqual([])
    finish.now()
    await pi.succeeded()
    await cluster.application(id, (one) => one.state === 'FINISHED')
    await cluster.idle()
  })
})
