// Programs of Spark's distribution as long-lived applications of a test's cluster, and their clients.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pythonPath } from './python-packages.ts'
import { runToEnd } from './run-to-end.ts'
import { connectServerArgs } from './spark-connect.ts'
import { sparkHome, type SparkVersion } from './spark-distributions.ts'
import { PYTHON_JOBS } from './spark-jobs.ts'
import type { Submission } from './submission.ts'
import type { TestCluster } from './test-cluster.ts'

const ONE_CORE = { 'spark.cores.max': '1', 'spark.sql.shuffle.partitions': '2' }
/** Hive's classes and Derby do not fit well into the half gigabyte of the other drivers. */
const SERVER = { ...ONE_CORE, 'spark.driver.memory': '1g' }
const TWO_EXECUTORS = {
  ...SERVER,
  'spark.cores.max': '2',
  'spark.executor.cores': '1',
}

/** Runs statements to the end, on two executors, so that a shuffle goes over the network. */
export function startSparkSql(
  cluster: TestCluster,
  version: SparkVersion,
  name: string,
  args: readonly string[],
): Submission {
  return cluster.submit({
    sparkHome: sparkHome(version),
    program: 'spark-sql',
    name,
    subdirectory: name,
    conf: TWO_EXECUTORS,
    args,
  })
}

/** One of the distribution's own examples in Python, which read `data/` of the working directory. */
export async function startExample(
  cluster: TestCluster,
  version: SparkVersion,
  example: string,
): Promise<Submission> {
  const home = sparkHome(version)
  const subdirectory = `example-${path.basename(example, '.py')}`
  mkdirSync(path.join(cluster.directory, subdirectory))
  symlinkSync(path.join(home, 'data'), path.join(cluster.directory, subdirectory, 'data'))
  return cluster.submit({
    sparkHome: home,
    name: example,
    subdirectory,
    conf: ONE_CORE,
    environment: { PYTHONPATH: await pythonPath(version) },
    args: [path.join(home, 'examples/src/main/python', example)],
  })
}

/** Counts a stream for at least that long and so many batches, and then goes on from the checkpoint, see the job's source. */
export function startStreaming(
  cluster: TestCluster,
  version: SparkVersion,
  { seconds, batches }: { readonly seconds: number; readonly batches: number },
): Submission {
  const checkpoint = path.join(cluster.directory, 'streaming', 'checkpoint')
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: 'streaming',
    subdirectory: 'streaming',
    conf: ONE_CORE,
    args: [path.join(PYTHON_JOBS, 'streaming.py'), checkpoint, String(seconds), String(batches)],
  })
}

/** The Thrift server, with a metastore of its own, as `sbin/start-thriftserver.sh` starts it. */
export function startThriftServer(cluster: TestCluster, version: SparkVersion): Submission {
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: 'thrift-server',
    subdirectory: 'thrift-server',
    conf: SERVER,
    args: [
      ...['--class', 'org.apache.spark.sql.hive.thriftserver.HiveThriftServer2'],
      ...['--hiveconf', 'hive.server2.thrift.bind.host=127.0.0.1'],
      ...['--hiveconf', 'hive.server2.thrift.port=0'],
    ],
  })
}

/** What beeline prints when it has run the statements of a file over JDBC. */
export async function beeline(
  cluster: TestCluster,
  version: SparkVersion,
  server: Submission,
  sql: string,
): Promise<string> {
  const [, port = ''] = await server.output(/ThriftBinaryCLIService on port (\d+)/)
  const file = path.join(cluster.directory, 'beeline.sql')
  writeFileSync(file, sql)
  const { stdout } = await runToEnd(
    path.join(sparkHome(version), 'bin', 'beeline'),
    ['-u', `jdbc:hive2://127.0.0.1:${port}/`, '--outputformat=csv2', '-f', file],
    { environment: cluster.environment({}), directory: cluster.directory },
  )
  return stdout
}

/** The Connect server, as `sbin/start-connect-server.sh` starts it; Python functions run on it. */
export async function startConnectServer(
  cluster: TestCluster,
  version: SparkVersion,
): Promise<Submission> {
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: 'connect-server',
    subdirectory: 'connect-server',
    conf: {
      ...SERVER,
      'spark.executorEnv.PYTHONPATH': await pythonPath(version),
      'spark.connect.grpc.binding.address': '127.0.0.1',
      'spark.connect.grpc.binding.port': '0',
    },
    args: connectServerArgs(version),
  })
}

/** What the client of test/compat/apps prints when it has worked with the Connect server. */
export async function connectClient(
  cluster: TestCluster,
  version: SparkVersion,
  server: Submission,
): Promise<string> {
  const [, port = ''] = await server.output(/Spark Connect server started at: \S+:(\d+)/)
  const { stdout } = await runToEnd(
    'python3',
    [path.join(PYTHON_JOBS, 'connect_client.py'), `sc://127.0.0.1:${port}`],
    { environment: cluster.environment({ PYTHONPATH: await pythonPath(version) }) },
  )
  return stdout
}
