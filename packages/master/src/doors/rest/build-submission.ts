// What a create request asks to be run (StandaloneSubmitRequestServlet.buildDriverDescription, 4.x). Pure.
import type { CreateRequest } from '@hearth/common/protocol/spark-rest/create-request.ts'
import {
  HEARTH_SECRET_VARIABLE,
  SPARK_SECRET_VARIABLE,
} from '@hearth/common/runtime/auth/secret.ts'
import { MIB, parseBytes } from '@hearth/common/runtime/config/units.ts'
import type { Submission } from '../submission/driver-description.ts'
import { coresOf, customAmountsOf } from '../submission/first-executor.ts'
import { SubmissionProblem } from '../submission/problem.ts'
import { splitCommandString } from '../submission/split-command-string.ts'

export interface SubmissionSite {
  /** `spark://host:port` of this master. */
  readonly masterUrl: string
  readonly rpcPort: number
  readonly restPort: number
  /** A variable of this master, for `{{NAME}}`. */
  readonly variable: (name: string) => string | undefined
}

type Properties = ReadonlyMap<string, string>

const DRIVER_WRAPPER = 'org.apache.spark.deploy.worker.DriverWrapper'
const SPARK_SUBMIT = 'org.apache.spark.deploy.SparkSubmit'
const DEFAULT_CORES = 1
const DEFAULT_MEMORY_MB = 1024
const MAX_SHOWN = 200

/** What the submitting machine says of itself is wrong for the one that runs the driver. */
const LOCAL_VARIABLE = /^SPARK_LOCAL_(?:IP|HOSTNAME)$/
/** Whoever may submit does not learn by it what the master keeps to itself. */
const SECRET_VARIABLES = new Set([HEARTH_SECRET_VARIABLE, SPARK_SECRET_VARIABLE])

/** Throws {@link SubmissionProblem} for a value of a property that cannot be meant. */
export function buildSubmission(request: CreateRequest, site: SubmissionSite): Submission {
  const { appResource, mainClass, appArgs } = request
  const fill = (value: string) => fillPlaceholder(value, site.variable)
  const properties = new Map([...request.sparkProperties].map(([key, value]) => [key, fill(value)]))
  properties.set('spark.master', masterUrlOf(properties, site))
  const environment = [...request.environmentVariables]
    .filter(([name]) => !LOCAL_VARIABLE.test(name))
    .map(([name, value]) => [name, fill(value)] as const)
  checkVariableNames(environment)
  checkExecutor(properties)
  const custom = customAmountsOf(properties, 'spark.driver.resource.')
  return {
    jarUrl: appResource,
    mainClass,
    command: {
      mainClass: DRIVER_WRAPPER,
      arguments: [
        ...['{{WORKER_URL}}', '{{USER_JAR}}', mainClass],
        ...nameForSparkSubmit(mainClass, properties),
        ...appArgs,
      ],
      environment: Object.fromEntries(environment),
      classPathEntries: pathsOf(properties, 'spark.driver.extraClassPath'),
      libraryPathEntries: pathsOf(properties, 'spark.driver.extraLibraryPath'),
      javaOptions: [
        ...[...properties].map(([key, value]) => `-D${key}=${value}`),
        ...wordsOf(properties, 'spark.driver.defaultJavaOptions'),
        ...wordsOf(properties, 'spark.driver.extraJavaOptions'),
      ],
    },
    cores: driverCores(properties),
    memoryMb: memoryProperty(properties, 'spark.driver.memory') ?? DEFAULT_MEMORY_MB,
    supervise: booleanProperty(properties, 'spark.driver.supervise') ?? false,
    ...(custom !== undefined && { custom }),
  }
}

// The clients' URL names the REST ports of all masters; a driver needs their RPC ports. All are taken to use
// the ports of this one, as in Spark.
function masterUrlOf(properties: Properties, { masterUrl, restPort, rpcPort }: SubmissionSite) {
  const given = properties.get('spark.master')
  return given === undefined ? masterUrl : replacePort(given, restPort, rpcPort)
}

// Spark replaces the text `:6066` wherever it stands, also in front of further digits.
function replacePort(url: string, from: number, to: number): string {
  return url.replace(new RegExp(`:${from}(?!\\d)`, 'g'), `:${to}`)
}

// SparkSubmit in the driver does not read -Dspark.app.name (SPARK-50195).
function nameForSparkSubmit(mainClass: string, properties: Properties): readonly string[] {
  const name = properties.get('spark.app.name')
  if (mainClass !== SPARK_SUBMIT || name === undefined) return []
  return ['-c', `spark.app.name=${name}`]
}

function fillPlaceholder(value: string, variable: SubmissionSite['variable']): string {
  const [, name] = /^\{\{(.*)\}\}$/s.exec(value) ?? []
  if (name === undefined || SECRET_VARIABLES.has(name)) return value
  return variable(name) ?? value
}

// No process can be started with such a name, nor with a NUL anywhere.
function checkVariableNames(environment: readonly (readonly [string, string])[]): void {
  const bad = environment.find(([name]) => name === '' || /[=\0]/.test(name))
  if (bad === undefined) return
  const shown = JSON.stringify(bad[0].slice(0, MAX_SHOWN))
  throw new SubmissionProblem(`${shown} cannot name an environment variable`)
}

// A driver's application would find them out only when it runs (4.x checks them here too).
function checkExecutor(properties: Properties): void {
  memoryProperty(properties, 'spark.executor.memory')
  const max = properties.get('spark.cores.max')
  if (max !== undefined) coresOf('spark.cores.max', max)
}

function driverCores(properties: Properties): number {
  const text = properties.get('spark.driver.cores')
  return text === undefined ? DEFAULT_CORES : coresOf('spark.driver.cores', text)
}

/** MiB; a number without a unit counts bytes (Utils.memoryStringToMb). */
function memoryProperty(properties: Properties, key: string): number | undefined {
  const text = properties.get(key)
  if (text === undefined) return undefined
  const bytes = parseBytes(text, 'b')
  const memoryMb = Math.floor((bytes ?? 0) / MIB)
  if (memoryMb >= 1) return memoryMb
  throw new SubmissionProblem(
    `Property '${key}' expected memory value: actual was '${text.slice(0, MAX_SHOWN)}'; write it with its unit, such as 512m or 2g`,
  )
}

function booleanProperty(properties: Properties, key: string): boolean | undefined {
  const text = properties.get(key)
  if (text === undefined) return undefined
  const word = text.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw new SubmissionProblem(
    `Property '${key}' expected boolean value: actual was '${text.slice(0, MAX_SHOWN)}'.`,
  )
}

function pathsOf(properties: Properties, key: string): string[] {
  return (properties.get(key) ?? '').split(':').filter((path) => path !== '')
}

function wordsOf(properties: Properties, key: string): readonly string[] {
  return splitCommandString(properties.get(key) ?? '')
}
