// Why an executor ended, read from the end of its stderr: causes that lie outside the application, and
// what to do about each. The patterns are those of recorded executors of Spark 3.5, 4.1 and 4.3 (Java
// 17), see test/fixtures/spark/*/stderr. What an executor writes is its application's to choose: a
// diagnosis may be wrong, but it is short, and of harmless characters.
import type { ProcessHint } from '../../core/events.ts'

/** More of the end of a log is not looked at. */
export const MAX_DIAGNOSED_BYTES = 64 * 1024

interface Cause {
  readonly code: string
  /** Of the lines that match, the first is told. */
  readonly pattern: RegExp
  /** Only while the executor starts: afterwards the same words are about something else. */
  readonly atStart?: true
  /** What to say; `found` are the groups of the pattern. */
  readonly say: (found: readonly string[], stderr: Stderr) => string
}

interface Stderr {
  /** `HOST:PORT` of the driver out of the command in the first line; undefined when that was cut off. */
  readonly driver: string | undefined
  readonly lines: readonly string[]
}

const REACH_DRIVER =
  'the driver’s host must be reachable from this worker; check spark.driver.host, spark.driver.port, spark.driver.bindAddress and firewalls'
const JAVA_OF_CLASS_FILE = 44

// In the order in which they are told when several match: an early failure has others behind it.
const CAUSES: readonly Cause[] = [
  {
    code: 'java-too-old',
    pattern:
      /UnsupportedClassVersionError: (\S+) has been compiled by .*class file version (\d+)\..* up to (\d+)\./,
    say: ([name = '', needed, present]) =>
      `Java ${javaRelease(present)} is too old: ${name.replaceAll('/', '.')} needs Java ${javaRelease(needed)} or newer; set JAVA_HOME of this worker, or spark.executorEnv.JAVA_HOME of the application`,
  },
  {
    code: 'java-option-unknown',
    pattern:
      /^(?:Unrecognized(?: VM)? option:?|Invalid maximum heap size:|Improperly specified VM option) '?([^\s']+)/,
    say: ([option]) =>
      `the JVM does not take the option ${option}; check spark.executor.extraJavaOptions, and whether JAVA_HOME of this worker is the Java that this Spark is for`,
  },
  {
    code: 'spark-not-found',
    pattern: /^Error: Could not find or load main class (org\.apache\.spark\.\S+)/,
    say: ([name]) =>
      `the JVM found no ${name}: SPARK_HOME of this worker has no whole Spark in its jars directory`,
  },
  {
    code: 'spark-version-mismatch',
    pattern:
      /InvalidClassException: ((?:org\.apache\.spark|scala)\.[^\s;]+); local class incompatible/,
    say: ([name]) =>
      `the driver and this worker run different releases of Spark or Scala (${name} differs); install the application's release as SPARK_HOME of the worker, or submit with the worker's`,
  },
  {
    code: 'authentication-failed',
    pattern: /SaslException: (DIGEST-MD5: [^.]*)|(Expected SaslMessage), received something else/,
    say: sayOtherSecret,
  },
  {
    // What a failing handshake of AuthEngine leaves, or one with a driver that wants none.
    code: 'authentication-failed',
    pattern: /TransportClientFactory: Exception while bootstrapping client/,
    atStart: true,
    say: sayOtherSecret,
  },
  {
    code: 'driver-unknown-host',
    pattern: /Failed to connect to ([^\s/]+)\/<unresolved>:(\d+)/,
    atStart: true,
    say: ([host, port]) =>
      `it could not find its driver at ${host}:${port}: this worker's name service does not know the host ${host}; set spark.driver.host to a name or an address that every worker can resolve`,
  },
  {
    code: 'driver-not-spark',
    pattern: /IllegalArgumentException: Too large frame: \d+/,
    atStart: true,
    say: (_found, stderr) =>
      `what answers at its driver's address${at(stderr)} is no Spark driver: another service, or a proxy on the way; check spark.driver.host and spark.driver.port`,
  },
  {
    code: 'driver-unreachable',
    pattern: /(?:Failed to connect to|Connecting to) (?:[^\s/]*\/)?(\S+:\d+)(?: timed out| *$)/,
    atStart: true,
    say: ([address], stderr) =>
      `it could not connect to its driver at ${stderr.driver ?? address}${because(stderr)}: ${REACH_DRIVER}`,
  },
  {
    code: 'driver-unreachable',
    pattern: /Caused by: java\.io\.IOException: Connection from (?:[^\s/]*\/)?(\S+:\d+) closed/,
    atStart: true,
    say: ([address], stderr) =>
      `the connection to its driver at ${stderr.driver ?? address} was closed before it had registered: ${REACH_DRIVER}`,
  },
  {
    code: 'port-taken',
    // Nothing in it may match in two ways: a line could be made on which that takes seconds.
    pattern:
      /BindException: [^']*: Service '([\w.$]+)' failed after \d+ retries \(starting from (\d+)\)/,
    say: ([service, port]) =>
      `${service?.split(/[.$]/).at(-1)} found no free port from ${port} on; free them, change the port key of the application (spark.blockManager.port), or raise spark.port.maxRetries`,
  },
  {
    code: 'no-local-directory',
    pattern: /DiskBlockManager: Failed to create any local dir/,
    say: () =>
      'it could create no scratch directory: check SPARK_LOCAL_DIRS or spark.local.dir of this worker, their disks and rights',
  },
  {
    code: 'disk-full',
    pattern: /IOException: No space left on device/,
    say: () =>
      'a disk is full: free space in SPARK_LOCAL_DIRS or spark.local.dir of this worker, or in its work directory',
  },
  {
    code: 'out-of-memory',
    pattern: /java\.lang\.OutOfMemoryError: ([\w ]+)/,
    say: ([kind]) =>
      `it ran out of memory (${kind}); raise spark.executor.memory, or give fewer cores to an executor`,
  },
  {
    code: 'python-version-mismatch',
    pattern:
      /Python in worker has different version:? \(?(\d+)[.,] ?(\d+)\)? than that in driver:? ([\d.]+)/,
    say: ([major, minor, driver = '']) =>
      `Python is ${major}.${minor} on this worker and ${driver.replace(/\.$/, '')} at the driver: set spark.pyspark.python (PYSPARK_PYTHON) to the driver's version, installed on every worker`,
  },
  {
    code: 'program-not-found',
    pattern: /java\.io\.IOException: Cannot run program "([^"]*)".*error=(?:2|13),/,
    say: ([program]) =>
      `it could not run ${program}, which is not on this worker or may not be executed; for PySpark set spark.pyspark.python (PYSPARK_PYTHON) to a Python that every worker has`,
  },
  {
    code: 'driver-gone',
    pattern: /Driver (\S+:\d+) disassociated! Shutting down/,
    say: ([address]) =>
      `its driver at ${address} closed the connection: the driver ended, or the network between them broke`,
  },
]

const START_FAILED = /^Exception in thread "main" /
const CAUSED_BY = 'Caused by: '
const PART_OF_EXCEPTION = /^(?:\s|Caused by: |$)/
// By the exception too: from epoll it may come without words.
const REFUSALS: readonly (readonly [found: RegExp, words: string])[] = [
  [/Connection refused/, 'connection refused'],
  [/No route to host|NoRouteToHostException/, 'no route to host'],
  [/Network is unreachable/, 'network is unreachable'],
  [/Connection timed out/, 'connection timed out'],
]
const SEPARATOR = /^=+$/
// Of log4j as Spark sets it up, as text or as JSON.
const LOG_LINE = /(?:^| )(?:INFO|WARN|ERROR) |^\{|^Using Spark's default log4j/
const COMPLAINT = /error|cannot|fail|no such|not found|denied/i
const MAX_LINES_OF_NO_START = 10
const MAX_LINE_LENGTH = 2000
const MAX_FOUND_LENGTH = 200

/** The known cause of an executor's end, by what stands last in its stderr; null when there is none. */
export function diagnoseStderr(text: string): ProcessHint | null {
  const stderr = readStderr(text)
  const failedAt = stderr.lines.findIndex((line) => START_FAILED.test(line))
  for (const { code, pattern, atStart, say } of CAUSES) {
    if (atStart === true && failedAt === -1) continue
    for (const line of stderr.lines) {
      const match = pattern.exec(line)
      if (match === null) continue
      const found = match.slice(1).map((group: string | undefined) => printable(group ?? ''))
      return { code, text: say(found, stderr) }
    }
  }
  return failedAt === -1
    ? describeNoStart(stderr)
    : describeFailedStart(stderr.lines.slice(failedAt))
}

/**
 * Why a run of a driver ended: the innermost cause of the exception that ended it, or the last it wrote when
 * it did not start. Only what its last run wrote is looked at; null when that says nothing.
 */
export function diagnoseDriverStderr(text: string): ProcessHint | null {
  const lines = text.split('\n').map((line) => line.slice(0, MAX_LINE_LENGTH))
  const own = lines.slice(lines.findLastIndex((line) => line.startsWith('Launch Command: ')) + 1)
  const failedAt = own.findLastIndex((line) => START_FAILED.test(line))
  if (failedAt === -1) return describeNoStart({ driver: undefined, lines: own })
  const cause = innermostCause(own.slice(failedAt))
  return { code: 'driver-failed', text: `it failed: ${printable(cause)}` }
}

// A program that never became an executor: a few lines, none of them of Spark's log.
function describeNoStart({ lines }: Stderr): ProcessHint | null {
  const written = lines.filter((line) => line.trim() !== '' && !SEPARATOR.test(line))
  const last = written.at(-1)
  if (last === undefined || written.length > MAX_LINES_OF_NO_START) return null
  // One that logs nothing may have worked all the same; the last word of one that did not is a complaint.
  if (!COMPLAINT.test(last) || written.some((line) => LOG_LINE.test(line))) return null
  return { code: 'did-not-start', text: `it did not start; the last it wrote: ${printable(last)}` }
}

function describeFailedStart(exception: readonly string[]): ProcessHint {
  const cause = innermostCause(exception)
  return { code: 'did-not-start', text: `it failed while it started: ${printable(cause)}` }
}

// The innermost cause of the exception that ended it, in its own words.
function innermostCause([exception = '', ...following]: readonly string[]): string {
  const end = following.findIndex((line) => !PART_OF_EXCEPTION.test(line))
  const causes = following
    .slice(0, end === -1 ? undefined : end)
    .filter((line) => line.startsWith(CAUSED_BY))
  return causes.at(-1)?.slice(CAUSED_BY.length) ?? exception.replace(START_FAILED, '')
}

// The header with the command is not the executor's own: options in it name errors that did not happen.
function readStderr(text: string): Stderr {
  const all = text.split('\n').map((line) => line.slice(0, MAX_LINE_LENGTH))
  const driver = /"spark:\/\/CoarseGrainedScheduler@([^\s"]+)"/.exec(text)?.[1]
  const lines = all.filter((line) => !line.startsWith('Spark Executor Command: '))
  return { driver: driver === undefined ? undefined : printable(driver), lines }
}

function sayOtherSecret(_found: readonly string[], stderr: Stderr): string {
  return `the driver${at(stderr)} did not accept its secret: spark.authenticate and spark.authenticate.secret must be the same for the application and for this worker`
}

function at({ driver }: Stderr): string {
  return driver === undefined ? '' : ` (${driver})`
}

// The reason stands in the last lines of the exception's causes.
function because({ lines }: Stderr): string {
  for (const line of lines) {
    const silentMs = /timed out \((\d+) ms\)/.exec(line)?.[1]
    if (silentMs !== undefined) return ` (no answer within ${silentMs} ms)`
    const refusal = REFUSALS.find(([found]) => found.test(line))
    if (refusal !== undefined) return ` (${refusal[1]})`
  }
  return ''
}

function javaRelease(classFile: string | undefined): number {
  return Number(classFile) - JAVA_OF_CLASS_FILE
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7E]/g, '?').slice(0, MAX_FOUND_LENGTH)
}
