import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import type { ResourceAddresses } from '@hearth/common/domain/resources.ts'
import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import { executorLaunch } from './executor-launch.ts'
import type { FileFacts } from './file-facts.ts'
import { DEFAULT_REDACTION, parseRedaction } from './redaction.ts'
import type { SparkSite } from './spark-site.ts'

const DIRECTORIES = ['/opt/spark/conf', '/etc/hadoop']
const FACTS: FileFacts = {
  isDirectory: (path) => DIRECTORIES.includes(path),
  readText: () => undefined,
}

const SITE: SparkSite = {
  spark: {
    home: '/opt/spark',
    version: '4.1.4',
    scala: '2.13',
    firstJars: ['/opt/spark/jars/slf4j-api-2.0.17.jar'],
  },
  java: '/usr/lib/jvm/17/bin/java',
  environment: { PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: '/usr/local/lib' },
  host: '10.0.0.9',
  launcherPort: 40123,
  webUiUrl: 'http://node9.example.com:8081',
  workDir: '/var/lib/hearth/work',
  scratchRoots: ['/data1', '/data2'],
  scratchId: '4f9c6a6e-6a5a-4f5b-9d52-0d7a52f6c001',
  authSecret: null,
  secret: parseRedaction(DEFAULT_REDACTION),
  rolling: null,
}

// The command of a client-mode application of Spark 4.1 (recordings, RegisterApplication), shortened by
// most of its --add-opens, and with a placeholder and a secret among its Java options.
const COMMAND: SparkCommand = {
  mainClass: 'org.apache.spark.executor.CoarseGrainedExecutorBackend',
  arguments: [
    ...['--driver-url', 'spark://CoarseGrainedScheduler@10.0.0.5:40001'],
    ...['--executor-id', '{{EXECUTOR_ID}}', '--hostname', '{{HOSTNAME}}', '--cores', '{{CORES}}'],
    ...['--app-id', '{{APP_ID}}', '--worker-url', '{{WORKER_URL}}'],
    ...['--resourceProfileId', '{{RESOURCE_PROFILE_ID}}', 'x{{CORES}}'],
  ],
  environment: { SPARK_USER: 'spark', OMP_NUM_THREADS: '2', LD_LIBRARY_PATH: '/app/lib' },
  classPathEntries: ['/app/extra.jar', '/app/extra.jar:/app/more.jar', ''],
  libraryPathEntries: ['/native/a', '/native/b'],
  javaOptions: [
    '-Dspark.driver.port=40001',
    '-Dspark.authenticate.secret=hunter2',
    '-Dspark.ssl.rpc.keyPassword=hunter3',
    '-Dmy.password=hunter4',
    '-XX:HeapDumpPath=/dumps/{{APP_ID}}-{{EXECUTOR_ID}}-{{APP_ID}}.hprof',
    '-XX:+IgnoreUnrecognizedVMOptions',
  ],
}

function launch(
  site: Partial<SparkSite> = {},
  command: Partial<SparkCommand> = {},
  custom: { readonly custom?: ResourceAddresses } = {},
) {
  const applicationId = parseApplicationId('app-20250102030405-0001')
  if (applicationId === undefined) throw new Error('not an application id')
  const payload = {
    kind: 'spark-executor' as const,
    applicationName: 'SparkPi',
    user: 'spark',
    maxCores: null,
    resourceProfileId: 0,
    command: { ...COMMAND, ...command },
  }
  const resources = { cores: 2, memoryMb: 1024, ...custom }
  const order = {
    key: { kind: 'executor' as const, applicationId, executor: 3 },
    resources,
    payload,
  }
  return executorLaunch({ ...SITE, ...site }, order, FACTS)
}

test('the command line is the one that Spark builds', () => {
  expect(launch().argv).toEqual([
    '/usr/lib/jvm/17/bin/java',
    '-cp',
    '/app/extra.jar:/app/more.jar:/opt/spark/conf/:/opt/spark/jars/slf4j-api-2.0.17.jar:/opt/spark/jars/*',
    '-Xmx1024M',
    '-Dspark.driver.port=40001',
    '-Dmy.password=hunter4',
    '-XX:HeapDumpPath=/dumps/app-20250102030405-0001-3-app-20250102030405-0001.hprof',
    '-XX:+IgnoreUnrecognizedVMOptions',
    'org.apache.spark.executor.CoarseGrainedExecutorBackend',
    ...['--driver-url', 'spark://CoarseGrainedScheduler@10.0.0.5:40001'],
    ...['--executor-id', '3', '--hostname', '10.0.0.9', '--cores', '2'],
    ...['--app-id', 'app-20250102030405-0001', '--worker-url', 'spark://Worker@10.0.0.9:40123'],
    ...['--resourceProfileId', '0', 'x{{CORES}}'],
  ])
})

test('the environment is the worker’s, the command’s over it, and Spark’s own over both', () => {
  const { env, scratchDirs } = launch()
  expect(env).toEqual({
    SPARK_HOME: '/opt/spark',
    PATH: '/usr/bin:/bin',
    SPARK_USER: 'spark',
    OMP_NUM_THREADS: '2',
    LD_LIBRARY_PATH: '/native/a:/native/b:/app/lib:/usr/local/lib',
    SPARK_EXECUTOR_DIRS: scratchDirs.join(':'),
    SPARK_LAUNCH_WITH_SCALA: '0',
    SPARK_LOG_URL_STDERR:
      'http://node9.example.com:8081/logPage/?appId=app-20250102030405-0001&executorId=3&logType=stderr',
    SPARK_LOG_URL_STDOUT:
      'http://node9.example.com:8081/logPage/?appId=app-20250102030405-0001&executorId=3&logType=stdout',
  })
})

test('stderr begins with the command line, secrets left out', () => {
  const { header } = launch()
  expect(header).toMatch(/^Spark Executor Command: "\/usr\/lib\/jvm\/17\/bin\/java" "-cp" "/)
  expect(header).toContain('"-Dmy.password=*********(redacted)" "-XX:HeapDumpPath=')
  expect(header).not.toMatch(/hunter/)
  expect(header.endsWith(`"x{{CORES}}"\n${'='.repeat(40)}\n\n`)).toBe(true)
})

test('an application without libraries leaves the library path alone', () => {
  const command = { libraryPathEntries: [], environment: {} }
  expect(launch({}, command).env['LD_LIBRARY_PATH']).toBe('/usr/local/lib')
})

test('the directories are the worker’s, per application and per executor', () => {
  const { workDir, scratchDirs } = launch()
  expect(workDir).toBe('/var/lib/hearth/work/app-20250102030405-0001/3')
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
  expect(scratchDirs).toEqual([
    expect.stringMatching(new RegExp(`^/data1/spark-${uuid}/executor-${uuid}$`)),
    expect.stringMatching(new RegExp(`^/data2/spark-${uuid}/executor-${uuid}$`)),
  ])
  expect(launch().scratchDirs).toEqual(scratchDirs)
})

test('the command’s JAVA_HOME wins over the worker’s Java', () => {
  const environment = { JAVA_HOME: '/opt/jdk-21' }
  expect(launch({}, { environment }).argv[0]).toBe('/opt/jdk-21/bin/java')
})

test('an IPv6 host stands in brackets, as Spark wants hosts', () => {
  const { argv } = launch({ host: '::1' })
  expect(argv).toContain('[::1]')
  expect(argv).toContain('spark://Worker@[::1]:40123')
})

test('addresses of custom resources reach the executor in Spark’s own file, named in its arguments', () => {
  const plain = launch()
  const { argv, files, custom } = launch({}, {}, { custom: { gpu: ['0'] } })
  const file = '/var/lib/hearth/work/app-20250102030405-0001/3/resource-executor-3.json'
  expect(argv).toEqual([...plain.argv, '--resourcesFile', file])
  expect(custom).toEqual({ gpu: ['0'] })
  for (const version of ['3.5.9', '4.1.4']) {
    const recorded = `../../../../../test/fixtures/spark/${version}/resource-executor.json`
    expect(files).toEqual({
      'resource-executor-3.json': readFileSync(new URL(recorded, import.meta.url), 'utf8'),
    })
  }
  expect(plain.files).toEqual({})
})

test('logs are rolled as the worker is told to, and not where it is told nothing', () => {
  const rolling = {
    strategy: { by: 'size' as const, maxBytes: 100_000 },
    ...{ maxRetainedFiles: 3, compress: true },
  }
  expect(launch({ rolling }).rolling).toEqual(rolling)
  expect(launch()).not.toHaveProperty('rolling')
})
