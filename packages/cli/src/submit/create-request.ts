// The body of Spark's REST submission (CreateSubmissionRequest), as spark-submit makes it for cluster mode
// (RestSubmissionClient and SparkSubmit, 3.5 and 4.x).
import path from 'node:path'
import { usageFailure } from '../command-failure.ts'
import { VERSION } from '../version.ts'
import { resolveUri } from './resolve-uri.ts'

export interface Application {
  /** The jar or Python file, as the user gave it. */
  readonly resource: string
  readonly args: readonly string[]
  /** The main class; undefined when none was given. */
  readonly mainClass: string | undefined
  /** `spark://h1:p1,h2:p2` */
  readonly masterUrl: string
  readonly properties: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string>>
  readonly directory: string
}

export interface CreateRequest {
  readonly action: 'CreateSubmissionRequest'
  readonly clientSparkVersion: string
  readonly appResource: string
  readonly mainClass: string
  readonly appArgs: readonly string[]
  readonly sparkProperties: Readonly<Record<string, string>>
  readonly environmentVariables: Readonly<Record<string, string>>
}

const SPARK_SUBMIT = 'org.apache.spark.deploy.SparkSubmit'
/** How spark-submit is told that there is no jar. */
const NO_RESOURCE = 'spark-internal'
const SHELLS = new Set(['spark-shell', 'pyspark-shell', 'sparkr-shell'])

// What describes this machine says nothing about the driver's. The daemons' own variables may hold a secret.
const LOCAL_VARIABLES = new Set(['SPARK_ENV_LOADED', 'SPARK_HOME', 'SPARK_CONF_DIR'])
const DAEMON_VARIABLE = /^SPARK_(?:MASTER|WORKER|DAEMON|HISTORY|SHUFFLE)_/

/** The request for an application; throws a usage failure for one that cannot run in the cluster. */
export function createRequest(application: Application): CreateRequest {
  const { resource, environment } = application
  if (SHELLS.has(resource)) {
    throw usageFailure(
      `a shell cannot run in the cluster`,
      'spark-shell and pyspark run it here, with the same --master',
    )
  }
  if (isR(resource)) {
    throw usageFailure(
      'R applications are not run in the cluster',
      'spark-submit runs the driver here, with the same --master',
    )
  }
  const isPython = isPythonFile(resource)
  const request = isPython ? pythonRequest(application) : jarRequest(application)
  return {
    action: 'CreateSubmissionRequest',
    clientSparkVersion: `Hearth ${VERSION}`,
    ...request,
    environmentVariables: variablesOf(environment, isPython),
  }
}

/** Whether an application is a jar, whose manifest may name its main class. */
export function isJar(resource: string): boolean {
  const isOther = SHELLS.has(resource) || resource === NO_RESOURCE
  return !isOther && !isR(resource) && !isPythonFile(resource)
}

function isPythonFile(resource: string): boolean {
  return resource.endsWith('.py')
}

function isR(resource: string): boolean {
  return /\.r$/i.test(resource)
}

type Request = Pick<CreateRequest, 'appResource' | 'mainClass' | 'appArgs' | 'sparkProperties'>

function jarRequest(application: Application): Request {
  const { resource, args, mainClass, directory, properties } = application
  if (mainClass === undefined) {
    throw usageFailure(
      `${resource} needs a main class`,
      'name it with --class, for example --class com.example.Main',
    )
  }
  const appResource = resource === NO_RESOURCE ? '' : resolveUri(resource, directory)
  const jars = [properties.get('spark.jars') ?? '', appResource].filter((jar) => jar !== '')
  return {
    appResource,
    mainClass,
    appArgs: args,
    sparkProperties: {
      ...propertiesOf(application, mainClass),
      ...(jars.length > 0 && { 'spark.jars': jars.join(',') }),
    },
  }
}

// spark-submit refuses Python applications in cluster mode. What works is to let the cluster run spark-submit itself
// in client mode: the driver is then where that runs. Spark's properties reach it as those of its JVM; what it
// takes from its command line alone is put there.
function pythonRequest(application: Application): Request {
  const { resource, args, mainClass, masterUrl, properties, directory } = application
  if (mainClass !== undefined) {
    throw usageFailure(`--class ${mainClass}: a Python application has no main class`)
  }
  const sparkProperties = propertiesOf(application, path.posix.basename(resource))
  const pyFiles = properties.get('spark.submit.pyFiles')
  return {
    appResource: '',
    mainClass: SPARK_SUBMIT,
    appArgs: [
      ...['--master', masterUrl, '--deploy-mode', 'client'],
      ...['--name', sparkProperties['spark.app.name'] ?? ''],
      ...(pyFiles === undefined ? [] : ['--py-files', pyFiles]),
      resolveUri(resource, directory),
      ...args,
    ],
    sparkProperties,
  }
}

function propertiesOf(
  { masterUrl, properties }: Application,
  defaultName: string,
): Record<string, string> {
  return {
    'spark.app.name': defaultName,
    'spark.driver.supervise': 'false',
    ...Object.fromEntries(properties),
    'spark.master': masterUrl,
    'spark.submit.deployMode': 'cluster',
  }
}

function variablesOf(
  environment: Readonly<Record<string, string>>,
  isPython: boolean,
): Record<string, string> {
  const names = Object.keys(environment).filter(
    (name) =>
      (name.startsWith('SPARK_') && !LOCAL_VARIABLES.has(name) && !DAEMON_VARIABLE.test(name)) ||
      (isPython && name === 'PYSPARK_PYTHON'),
  )
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']))
}
