import { expect, test } from 'vitest'
import { parseDriverId } from '@hearth/common/domain/ids.ts'
import type { ResourceAddresses } from '@hearth/common/domain/resources.ts'
import type { SparkDriverPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { driverLaunch } from './driver-launch.ts'
import type { FileFacts } from './file-facts.ts'
import { DEFAULT_REDACTION, parseRedaction } from './redaction.ts'
import type { SparkSite } from './spark-site.ts'

const FACTS: FileFacts = {
  isDirectory: (path) => path === '/opt/spark/conf',
  readText: () => undefined,
}

const SITE = {
  spark: { home: '/opt/spark', version: '3.5.9', scala: '2.12', firstJars: [] },
  java: '/usr/lib/jvm/17/bin/java',
  environment: { PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: '/usr/local/lib', HEARTH_SECRET: 'x' },
  host: 'fd00::9',
  launcherPort: 40123,
  webUiUrl: 'http://node9.example.com:8081',
  workDir: '/var/lib/hearth/work',
  authSecret: null,
  secret: parseRedaction(DEFAULT_REDACTION),
  rolling: null,
}

// The command of a submission over REST by Spark 3.5 (StandaloneRestServer.buildDriverDescription).
const COMMAND: SparkDriverPayload['command'] = {
  mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
  arguments: [
    '{{WORKER_URL}}',
    '{{USER_JAR}}',
    'org.example.Pi',
    'x{{USER_JAR}}',
    '{{APP_ID}}',
    '10',
  ],
  environment: { SPARK_SCALA_VERSION: '2.12', LD_LIBRARY_PATH: '/app/lib' },
  classPathEntries: ['/app/extra.jar'],
  libraryPathEntries: ['/native'],
  javaOptions: [
    '-Dspark.app.name=Pi {{APP_ID}}',
    '-Dspark.authenticate.secret=hunter2',
    '-Dmy.password=hunter4',
  ],
}

const WORK_DIR = '/var/lib/hearth/work/driver-20250102030405-0001'

function launch(
  changes: Partial<SparkDriverPayload> & { custom?: ResourceAddresses } = {},
  site: Partial<Omit<typeof SITE, 'authSecret' | 'rolling'>> &
    Partial<Pick<SparkSite, 'authSecret' | 'rolling'>> = {},
) {
  const driverId = parseDriverId('driver-20250102030405-0001')
  if (driverId === undefined) throw new Error('not a driver id')
  const { custom, ...payload } = changes
  return driverLaunch(
    { ...SITE, ...site },
    {
      key: { kind: 'driver', driverId, attempt: 2 },
      resources: { cores: 1, memoryMb: 1024, ...(custom !== undefined && { custom }) },
      payload: {
        kind: 'spark-driver',
        jarUrl: 'file:/apps/pi%20v1.jar',
        command: COMMAND,
        ...payload,
      },
      leased: true,
    },
    FACTS,
  )
}

test('the command line is the one that Spark builds', () => {
  expect(launch().argv).toEqual([
    '/usr/lib/jvm/17/bin/java',
    ...['-cp', '/app/extra.jar:/opt/spark/conf/:/opt/spark/jars/*', '-Xmx1024M'],
    // Only executors have placeholders in their Java options.
    ...['-Dspark.app.name=Pi {{APP_ID}}', '-Dmy.password=hunter4'],
    'org.apache.spark.deploy.worker.DriverWrapper',
    ...['spark://Worker@[fd00::9]:40123', `${WORK_DIR}/pi v1.jar`, 'org.example.Pi'],
    ...['x{{USER_JAR}}', '{{APP_ID}}', '10'],
  ])
})

test('its directory is the driver’s, whichever run it is, and it is leased as it was ordered', () => {
  expect(launch()).toMatchObject({ workDir: WORK_DIR, scratchDirs: [], files: {}, leased: true })
})

test('the header is Spark’s, without secrets', () => {
  const { header } = launch()
  expect(header).toMatch(/^Launch Command: "\/usr\/lib\/jvm\/17\/bin\/java" "-cp" .*\n={40}\n\n$/)
  expect(header).toContain('"-Dmy.password=*********(redacted)"')
})

test('its environment has its own log addresses and nothing that is an executor’s', () => {
  const { env } = launch()
  expect(env).toEqual({
    ...{ PATH: '/usr/bin:/bin', SPARK_HOME: '/opt/spark', SPARK_SCALA_VERSION: '2.12' },
    LD_LIBRARY_PATH: '/native:/app/lib:/usr/local/lib',
    SPARK_DRIVER_LOG_URL_STDOUT:
      'http://node9.example.com:8081/logPage/?driverId=driver-20250102030405-0001&logType=stdout',
    SPARK_DRIVER_LOG_URL_STDERR:
      'http://node9.example.com:8081/logPage/?driverId=driver-20250102030405-0001&logType=stderr',
  })
})

test('W-17 the secret is in its environment and in no option', () => {
  const { env, argv } = launch({}, { authSecret: 'hunter2' })
  expect(env['_SPARK_AUTH_SECRET']).toBe('hunter2')
  expect(argv.join(' ')).not.toContain('hunter2')
})

test('with a secret its key is there without it: a SparkContext demands the key', () => {
  const keys = (authSecret: string | null) =>
    launch({}, { authSecret }).argv.filter((word) => word.startsWith('-Dspark.authenticate.secret'))
  expect(keys('hunter2')).toEqual(['-Dspark.authenticate.secret=see-_SPARK_AUTH_SECRET'])
  expect(keys(null)).toEqual([])
})

test('an empty jar names the directory: what runs there is the command alone', () => {
  expect(launch({ jarUrl: '' }).argv).toContain(WORK_DIR)
  expect(launch({ jarUrl: 'local:/apps/pi.jar' }).argv).toContain('/apps/pi.jar')
})

test('custom resources stand in a file of this run, which a Java option names', () => {
  const { files, argv } = launch({ custom: { gpu: ['0', '1'] } })
  expect(files).toEqual({
    'resource-driver-2.json':
      '[{"id":{"componentName":"spark.driver","resourceName":"gpu"},"addresses":["0","1"]}]',
  })
  const at = argv.indexOf(`-Dspark.driver.resourcesFile=${WORK_DIR}/resource-driver-2.json`)
  expect(at).toBe(argv.indexOf('org.apache.spark.deploy.worker.DriverWrapper') - 1)
})

test('shell characters of a submission stay what they are', () => {
  const odd = ['$(reboot)', '`reboot`', ';', '|', '"', "'", '\n', '*', '{{', '$&']
  const command = { ...COMMAND, mainClass: '$(reboot)', arguments: odd, environment: { A: 'a\nb' } }
  const { argv, env } = launch({ command, jarUrl: '/apps/$(reboot);.jar' })
  expect(argv.slice(-odd.length - 1)).toEqual(['$(reboot)', ...odd])
  expect(env['A']).toBe('a\nb')
  expect(launch({ jarUrl: '/apps/$&$(x).jar' }).argv).toContain(`${WORK_DIR}/$&$(x).jar`)
})

test('logs are rolled as the worker is told to, and not where it is told nothing', () => {
  const rolling = {
    strategy: { by: 'size' as const, maxBytes: 100_000 },
    ...{ maxRetainedFiles: 3, compress: true },
  }
  expect(launch({}, { rolling }).rolling).toEqual(rolling)
  expect(launch()).not.toHaveProperty('rolling')
})
