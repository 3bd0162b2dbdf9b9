import { describe, expect, test } from 'vitest'
import { CommandFailure } from '../command-failure.ts'
import { createRequest, type Application } from './create-request.ts'
import { describeRequest } from './describe-request.ts'

const JAR: Application = {
  resource: 'lib/pi.jar',
  args: ['2', '--conf', 'x'],
  mainClass: 'com.example.Pi',
  masterUrl: 'spark://m1:7077,m2:7077',
  properties: new Map([['spark.driver.memory', '512m']]),
  environment: {},
  directory: '/home/ada',
}

test('R-01 a jar: everything that was asked for is carried, as spark-submit carries it', () => {
  expect(createRequest(JAR)).toEqual({
    action: 'CreateSubmissionRequest',
    clientSparkVersion: 'Hearth 0.1.0',
    appResource: 'file:///home/ada/lib/pi.jar',
    mainClass: 'com.example.Pi',
    appArgs: ['2', '--conf', 'x'],
    sparkProperties: {
      'spark.app.name': 'com.example.Pi',
      'spark.driver.memory': '512m',
      'spark.driver.supervise': 'false',
      'spark.jars': 'file:///home/ada/lib/pi.jar',
      'spark.master': 'spark://m1:7077,m2:7077',
      'spark.submit.deployMode': 'cluster',
    },
    environmentVariables: {},
  })
})

test('what properties say wins, but not over who the master is and where the driver runs', () => {
  const properties = new Map([
    ['spark.app.name', 'Report'],
    ['spark.driver.supervise', 'true'],
    ['spark.jars', 'http://h/a.jar'],
    ['spark.master', 'local[*]'],
    ['spark.submit.deployMode', 'client'],
  ])
  expect(createRequest({ ...JAR, properties }).sparkProperties).toEqual({
    'spark.app.name': 'Report',
    'spark.driver.supervise': 'true',
    'spark.jars': 'http://h/a.jar,file:///home/ada/lib/pi.jar',
    'spark.master': 'spark://m1:7077,m2:7077',
    'spark.submit.deployMode': 'cluster',
  })
})

test('without a jar nothing is fetched', () => {
  const { appResource, sparkProperties } = createRequest({ ...JAR, resource: 'spark-internal' })
  expect(appResource).toBe('')
  expect(sparkProperties).not.toHaveProperty('spark.jars')
})

test('a Python application is run by spark-submit in the cluster, in client mode', () => {
  const properties = new Map([['spark.submit.pyFiles', 'file:///x/lib.zip']])
  const python = { ...JAR, resource: 'jobs/report.py', mainClass: undefined, properties }
  expect(createRequest(python)).toMatchObject({
    appResource: '',
    mainClass: 'org.apache.spark.deploy.SparkSubmit',
    appArgs: [
      ...['--master', 'spark://m1:7077,m2:7077', '--deploy-mode', 'client'],
      ...['--name', 'report.py', '--py-files', 'file:///x/lib.zip'],
      ...['file:///home/ada/jobs/report.py', '2', '--conf', 'x'],
    ],
    sparkProperties: { 'spark.app.name': 'report.py', 'spark.master': 'spark://m1:7077,m2:7077' },
  })
})

test('R-16 only variables of Spark are sent, and none that describes this machine or its daemons', () => {
  const environment = {
    PATH: '/bin',
    HEARTH_SECRET: 's',
    _SPARK_AUTH_SECRET: 's',
    SPARK_USER: 'ada',
    SPARK_SCALA_VERSION: '2.13',
    SPARK_ENV_LOADED: '1',
    SPARK_HOME: '/opt/spark',
    SPARK_CONF_DIR: '/etc/spark',
    SPARK_MASTER_OPTS: '-Dspark.authenticate.secret=s',
    SPARK_WORKER_OPTS: '-Dx=1',
    SPARK_DAEMON_JAVA_OPTS: '-Dx=1',
    PYSPARK_PYTHON: 'python3.11',
  }
  const own = { SPARK_USER: 'ada', SPARK_SCALA_VERSION: '2.13' }
  expect(createRequest({ ...JAR, environment }).environmentVariables).toEqual(own)
  const python = { ...JAR, environment, resource: 'a.py', mainClass: undefined }
  expect(createRequest(python).environmentVariables).toEqual({
    ...own,
    PYSPARK_PYTHON: 'python3.11',
  })
})

describe('what cannot run in the cluster is refused with what to do', () => {
  test.each<[Partial<Application>, RegExp]>([
    [{ mainClass: undefined }, /needs a main class/],
    [{ resource: 'a.py' }, /--class com.example.Pi: a Python application has no main class/],
    [{ resource: 'a.R' }, /R applications are not run in the cluster/],
    [{ resource: 'pyspark-shell' }, /a shell cannot run in the cluster/],
  ])('%o', (change, sentence) => {
    const act = () => createRequest({ ...JAR, ...change })
    expect(act).toThrow(CommandFailure)
    expect(act).toThrow(sentence)
  })
})

test('--verbose hides what looks like a secret', () => {
  const properties = new Map([
    ['spark.hadoop.fs.s3a.access.key', 'AKIA'],
    ['spark.my.password', 'hunter2'],
    ['spark.driver.extraJavaOptions', '-Dtoken=hunter2'],
    ['spark.cores.max', '4'],
  ])
  const text = describeRequest(createRequest({ ...JAR, properties }), [new URL('http://m1:6066/')])
  expect(text).toContain('REST ports   http://m1:6066')
  expect(text).toContain('spark.cores.max=4')
  expect(text).toContain('spark.my.password=*********(redacted)')
  expect(text).not.toMatch(/hunter2|AKIA/)
})
