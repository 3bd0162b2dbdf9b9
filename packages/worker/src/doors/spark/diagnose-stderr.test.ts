// What real executors wrote before they ended, and what is made of it.
import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diagnoseStderr } from './diagnose-stderr.ts'
import { cpuTimeMs } from '../../../../../test/support/cpu-time.ts'

const FIXTURES = new URL('../../../../../test/fixtures/spark/', import.meta.url)
const VERSIONS = ['3.5.9', '4.1.4', '4.3.0']

function read(file: string): string {
  return readFileSync(new URL(file, FIXTURES), 'utf8')
}

/** As the launcher writes it: the command comes first. */
function withHeader(text: string, driver: string): string {
  const command = `"java" "-Dx=java.lang.OutOfMemoryError: y" "--driver-url" "spark://CoarseGrainedScheduler@${driver}"`
  return `Spark Executor Command: ${command}\n${'='.repeat(40)}\n\n${text}`
}

const EXPECTED: Readonly<Record<string, readonly [code: string, text: RegExp]>> = {
  'bad-driver-url': [
    'did-not-start',
    /^it failed while it started: org.apache.spark.SparkException: Invalid Spark URL: nonsense$/,
  ],
  'bad-option': [
    'java-option-unknown',
    /^the JVM does not take the option --nonsense; check spark/,
  ],
  'disk-full': ['disk-full', /^a disk is full: free space in SPARK_LOCAL_DIRS/],
  'driver-gone': ['driver-gone', /^its driver at 127.0.0.1:17201 closed the connection/],
  'driver-no-route': [
    'driver-unreachable',
    /^it could not connect to its driver at 10.0.0.5:40001 \((no route to host|network is unreachable)\): the driver’s host must be reachable/,
  ],
  'driver-not-spark': [
    'driver-not-spark',
    /^what answers at its driver's address \(10.0.0.5:40001\) is no Spark driver/,
  ],
  'driver-refuses': [
    'driver-unreachable',
    /^it could not connect to its driver at 10.0.0.5:40001 \(connection refused\): the driver’s host must be reachable from this worker; check spark.driver.host/,
  ],
  'driver-timeout': [
    'driver-unreachable',
    /^it could not connect to its driver at 10.0.0.5:40001 \(no answer within \d+ ms\): /,
  ],
  'driver-unknown-host': [
    'driver-unknown-host',
    /^it could not find its driver at no-such-host.invalid:7078: this worker's name service does not know/,
  ],
  'no-jars': [
    'spark-not-found',
    /^the JVM found no org.apache.spark.executor.CoarseGrainedExecutorBackend: SPARK_HOME/,
  ],
  'no-local-dir': [
    'no-local-directory',
    /^it could create no scratch directory: check SPARK_LOCAL/,
  ],
  'no-secret': [
    'authentication-failed',
    /^the driver \(10.0.0.5:40001\) did not accept its secret/,
  ],
  'no-secret-crypto': ['authentication-failed', /did not accept its secret/],
  'other-version': [
    'spark-version-mismatch',
    /^the driver and this worker run different releases of Spark or Scala \(org.apache.spark.rpc.netty.RpcEndpointVerifier\$CheckExistence differs\)/,
  ],
  'out-of-memory': ['out-of-memory', /^it ran out of memory \(Java heap space\); raise spark.exec/],
  'port-taken': ['port-taken', /^NettyBlockTransferService found no free port from 17301 on/],
  'python-mismatch': [
    'python-version-mismatch',
    /^Python is 3\.11 on this worker and 3\.12 at the driver: set spark.pyspark.python/,
  ],
  'python-missing': ['program-not-found', /^it could not run \/nonexistent\/python3, which is not/],
  'unwanted-secret': ['authentication-failed', /did not accept its secret/],
  'wrong-secret': [
    'authentication-failed',
    /^the driver \(10.0.0.5:40001\) did not accept its secret/,
  ],
  'wrong-secret-crypto': ['authentication-failed', /did not accept its secret/],
}

function recordedOf(version: string): readonly string[] {
  return readdirSync(new URL(`${version}/stderr/`, FIXTURES)).map((file) => file.slice(0, -4))
}

test('every way to fail has been recorded', () => {
  const names = new Set(VERSIONS.flatMap(recordedOf))
  expect([...names].toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
})

describe.each(VERSIONS)('an executor of Spark %s', (version) => {
  test.each(recordedOf(version))('%s', (name) => {
    const recorded = withHeader(read(`${version}/stderr/${name}.txt`), '10.0.0.5:40001')
    const hint = diagnoseStderr(recorded)
    const [code, text] = EXPECTED[name] ?? ['', /^$/]
    expect(hint?.code).toBe(code)
    expect(hint?.text).toMatch(text)
  })
})

test('a Java that is too old for the classes', () => {
  expect(diagnoseStderr(read('java-17-class-version.txt'))).toEqual({
    code: 'java-too-old',
    text: 'Java 17 is too old: org.apache.spark.executor.CoarseGrainedExecutorBackend needs Java 25 or newer; set JAVA_HOME of this worker, or spark.executorEnv.JAVA_HOME of the application',
  })
})

test('a driver’s address that is not in the log any more is taken from the failure', () => {
  expect(diagnoseStderr(read('3.5.9/stderr/driver-refuses.txt'))?.text).toContain(
    'its driver at 127.0.0.1:1 (connection refused)',
  )
})

test('of an unknown failure at the start the innermost cause is told', () => {
  const trace = [
    'Exception in thread "main" java.lang.reflect.UndeclaredThrowableException',
    '\tat org.apache.hadoop.security.UserGroupInformation.doAs(UserGroupInformation.java:1894)',
    'Caused by: org.apache.spark.SparkException: Exception thrown in awaitResult: ',
    '\t... 4 more',
    'Caused by: java.lang.IllegalStateException: something else',
    '26/11/25 22:30:38 INFO Other: Caused by: nothing',
    'Caused by: another exception',
  ]
  const code = 'did-not-start'
  const text = 'it failed while it started: java.lang.IllegalStateException: something else'
  expect(diagnoseStderr(trace.join('\n'))).toEqual({ code, text })
  const alone = 'it failed while it started: java.lang.Error: x'
  expect(diagnoseStderr('Exception in thread "main" java.lang.Error: x')).toEqual({
    code,
    text: alone,
  })
})

test('a log without a known cause has none', () => {
  expect(diagnoseStderr('')).toBeNull()
  expect(diagnoseStderr(withHeader('26/11/25 INFO Executor: fine\n', 'a:1'))).toBeNull()
})

test('a Java that does not start says so in its own last words', () => {
  const broken = 'Error: dl failure on line 532\nError: failed /opt/jdk/lib/server/libjvm.so\n\n'
  expect(diagnoseStderr(withHeader(broken, 'a:1'))).toEqual({
    code: 'did-not-start',
    text: 'it did not start; the last it wrote: Error: failed /opt/jdk/lib/server/libjvm.so',
  })
  expect(diagnoseStderr(withHeader('error\n'.repeat(11), 'a:1'))).toBeNull()
  expect(diagnoseStderr(withHeader('WARNING: incubator modules\n', 'a:1'))).toBeNull()
})

test('a peer executor that is out of reach is no driver', () => {
  const fetch =
    'ERROR RetryingBlockTransferor: Exception while beginning fetch\njava.io.IOException: Failed to connect to /10.0.0.7:40001\n'
  expect(diagnoseStderr(fetch)).toBeNull()
})

test('what an application writes cannot make a diagnosis long, or put control characters into it', () => {
  const bell = String.fromCharCode(27, 7)
  const hint = diagnoseStderr(
    `java.io.IOException: Cannot run program "${bell}[31m${'x'.repeat(1000)}": error=2, No such file`,
  )
  expect(hint?.code).toBe('program-not-found')
  expect(hint?.text.length).toBeLessThan(600)
  expect(hint?.text).toMatch(/^it could not run \?\?\[31mx+, /)
})

test('any text of 64 KiB is read within a moment, and every hint is short', () => {
  const pieces = fc.constantFrom(
    ...[
      'Failed to connect to ',
      'Exception in thread "main" ',
      'class file version 1.',
      ' up to ',
      '/',
    ],
    ...[
      'BindException: ',
      ": Service '",
      'a.',
      '$',
      ':1',
      '\n',
      ' ',
      '"',
      'Cannot run program "',
      '(',
    ],
    ...[
      'UnsupportedClassVersionError: x has been compiled by ',
      'error=2,',
      'InvalidClassException: ',
    ],
  )
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 10, maxLength: 40 }), (parts) => {
      const text = parts.join('').repeat(100_000).slice(0, 65_536)
      const startedAt = cpuTimeMs()
      const hint = diagnoseStderr(text)
      expect(cpuTimeMs() - startedAt).toBeLessThan(1000)
      expect(hint?.text.length ?? 0).toBeLessThanOrEqual(4096)
    }),
    { numRuns: 30 },
  )
})

test('a line on which the pattern of a taken port has many ways to match costs nothing', () => {
  const line = `${'BindException: '.repeat(60)}: Service '${'a'.repeat(1000)}`
  const startedAt = cpuTimeMs()
  expect(diagnoseStderr(`${line}\n`.repeat(30))).toBeNull()
  expect(cpuTimeMs() - startedAt).toBeLessThan(200)
})
