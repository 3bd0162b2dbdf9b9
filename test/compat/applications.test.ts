// What people run on Spark besides jobs of their own: spark-sql, ML, a stream, the Thrift server and the
// Connect server with a client each. They share one cluster of each release, side by side.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  beeline,
  connectClient,
  startConnectServer,
  startExample,
  startSparkSql,
  startStreaming,
  startThriftServer,
} from '../support/spark-applications.ts'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'
import type { Submission } from '../support/submission.ts'
import { type ApplicationDocument, TestCluster } from '../support/test-cluster.ts'

const GROUPS = 'SELECT id % 3, count(*), sum(id) FROM range(0, 3000, 1, 4) GROUP BY 1 ORDER BY 1;\n'
const TERMINATED = 128 + 15
/** A busy machine takes longer than a second for each. */
const BATCHES = 11

describe.each(SPARK_VERSIONS)('Spark %s', (version) => {
  let cluster: TestCluster
  let streaming: Submission
  let thriftServer: Submission
  let connectServer: Submission

  beforeAll(async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker({ sparkHome: sparkHome(version), cores: 6, memory: '4g' })
    // The slow ones come up while the first tests run.
    streaming = startStreaming(cluster, version, { seconds: 60, batches: BATCHES })
    thriftServer = startThriftServer(cluster, version)
    connectServer = await startConnectServer(cluster, version)
  })

  afterAll(() => cluster.stop())

  test('spark-sql', async () => {
    const sql = startSparkSql(cluster, version, 'sql', ['-e', GROUPS])
    await sql.succeeded()
    expect(sql.stdout).toBe('0\t1000\t1498500\n1\t1000\t1499500\n2\t1000\t1500500\n')
  })

  test('spark-sql with a statement that is wrong', async () => {
    const file = path.join(cluster.directory, 'wrong.sql')
    writeFileSync(file, 'SELECT 1 + 1;\nSELECT * FROM no_such_table;\nSELECT 2 + 2;\n')
    const sql = startSparkSql(cluster, version, 'wrong-sql', ['-f', file])
    expect(await sql.exited).toBe(1)
    expect(sql.stdout).toBe('2\n')
    expect(sql.stderr).toContain('TABLE_OR_VIEW_NOT_FOUND')
  })

  test('k-means, an example of the distribution', async () => {
    const kMeans = await startExample(cluster, version, 'ml/kmeans_example.py')
    await kMeans.succeeded()
    expect(kMeans.stdout).toContain('Silhouette with squared euclidean distance = 0.9997')
    expect(kMeans.stdout).toMatch(/^\[9\.1 9\.1 9\.1\]$/m)
  })

  test('the Thrift server and beeline', async () => {
    const table = 'CREATE TABLE numbers USING parquet AS SELECT id FROM range(0, 3000, 1, 4);\n'
    const groups = GROUPS.replace('range(0, 3000, 1, 4)', 'numbers')
    const printed = await beeline(cluster, version, thriftServer, table + groups)
    expect(printed).toContain('0,1000,1498500\n1,1000,1499500\n2,1000,1500500\n')
    await stops(cluster, thriftServer)
  })

  test('the Connect server and a client in Python', async () => {
    const printed = await connectClient(cluster, version, connectServer)
    expect(printed.split('\n')).toEqual([
      `server ${version}`,
      'rest 0 rows 1000 total 1498500',
      'rest 1 rows 1000 total 1499500',
      'rest 2 rows 1000 total 1500500',
      'doubled 12',
      'refused AnalysisException',
      '',
    ])
    await stops(cluster, connectServer)
  })

  test('a stream for a minute, and on from its checkpoint', async () => {
    await streaming.succeeded()
    const runs = [
      ...streaming.stdout.matchAll(/^\w+ batch (\d+) rows (\d+) highest (\d+) keys 4$/gm),
    ]
    const [first = [], second = []] = runs.map((run) => run.slice(1).map(Number))
    const [batches = 0, rows = 0, highest = 0] = first
    expect(batches).toBeGreaterThanOrEqual(BATCHES)
    expect(rows).toBe(highest + 1)
    expect(second[0]).toBeGreaterThan(batches)
    expect(second[1]).toBe((second[2] ?? 0) + 1)
    expect(second[1]).toBeGreaterThan(rows)
    expect(streaming.count(/is now (EXITED|LOST|FAILED)/g)).toBe(0)
  })

  test('all of them are listed as finished, and hold nothing', async () => {
    await cluster.idle()
    const listed = JSON.parse(await cluster.hearth('apps', '--json')) as ApplicationDocument[]
    expect(listed.map((one) => `${one.name} ${one.state}`).toSorted()).toEqual([
      'KMeansExample FINISHED',
      'connect-server FINISHED',
      'sql FINISHED',
      'streaming FINISHED',
      'thrift-server FINISHED',
      'wrong-sql FINISHED',
    ])
  })
})

/** Ends a server as `sbin/stop-*.sh` do; until then its application runs. */
async function stops(cluster: TestCluster, server: Submission): Promise<void> {
  const { activeapps } = await cluster.json()
  const application = activeapps.find((one) => one.name === server.name)
  expect(application).toMatchObject({ state: 'RUNNING', cores: 1 })
  process.kill(server.pid, 'SIGTERM')
  expect(await server.exited).toBe(TERMINATED)
  await cluster.application(application?.id ?? '', (one) => one.state === 'FINISHED')
}
