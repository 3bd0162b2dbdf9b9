import path from 'node:path'
import { type HostPort, isLoopback, parseMasterUrl } from '@hearth/common/domain/addresses.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { MIB, parseBytes } from '@hearth/common/runtime/config/units.ts'
import { usageFailure } from '../command-failure.ts'
import { findAuthentication } from './authentication.ts'
import { LISTEN_KEYS } from './config-tables.ts'
import type { DaemonConfiguration } from './daemon-configuration.ts'
import { LOOPBACK, checkExposure } from './exposure.ts'
import { type SettingSource, firstSet, integerFrom, portFrom } from './flags.ts'
import { defaultMemoryMb, machineCores } from './machine-size.ts'

export interface WorkerFlags {
  readonly host?: string
  readonly ip?: string
  readonly port?: string
  readonly webuiPort?: string
  readonly cores?: string
  readonly memory?: string
  readonly workDir?: string
  readonly propertiesFile?: string
  readonly insecure?: boolean
}

export interface WorkerSettings {
  readonly masters: readonly HostPort[]
  readonly host: string
  readonly port: number
  readonly webUiPort: number
  readonly publicHost?: string
  readonly cores: number
  readonly memoryMb: number
  readonly workDir: string
  readonly auth: AuthSettings | null
  /** What the log should say at the start. */
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

const DEFAULT_UI_PORT = 8081
const MAX_CORES = 65_536
const MAX_MEMORY_MB = 2 ** 31 - 1

/** What a worker offers and where: flags win over variables; Spark's key for the UI port over both. */
export function workerSettings(
  masterUrl: string,
  flags: WorkerFlags,
  configuration: DaemonConfiguration,
): WorkerSettings {
  const { environment, properties } = configuration
  const masters = parseMasterUrl(masterUrl)
  if (typeof masters === 'string') throw usageFailure(masters)
  const variable = (name: string): SettingSource => ({ name, text: environment[name] })
  const requestedHost = firstSet([
    { name: '--host', text: flags.host },
    { name: '--ip', text: flags.ip },
    variable('SPARK_LOCAL_HOSTNAME'),
    variable('SPARK_LOCAL_IP'),
  ])
  const { auth, notices, warnings } = findAuthentication(configuration)
  const host = checkExposure(requestedHost?.text ?? LOOPBACK, {
    hasSecret: auth !== null,
    insecure: flags.insecure === true,
  })
  const webUiPort = portFrom(
    [{ name: '--webui-port', text: flags.webuiPort }, variable('SPARK_WORKER_WEBUI_PORT')],
    DEFAULT_UI_PORT,
  )
  const publicHost = firstSet([variable('SPARK_PUBLIC_DNS')])?.text
  const workDir = firstSet([
    { name: '--work-dir', text: flags.workDir },
    variable('SPARK_WORKER_DIR'),
  ])
  return {
    masters,
    host,
    port: portFrom([{ name: '--port', text: flags.port }, variable('SPARK_WORKER_PORT')], 0),
    webUiPort: readConfig(LISTEN_KEYS, properties).workerUiPort ?? webUiPort,
    ...(publicHost !== undefined && { publicHost }),
    cores: integerFrom([{ name: '--cores', text: flags.cores }, variable('SPARK_WORKER_CORES')], {
      fallback: machineCores(),
      min: 1,
      max: MAX_CORES,
      what: `a number of cores from 1 to ${MAX_CORES}`,
    }),
    memoryMb: memoryFrom([
      { name: '--memory', text: flags.memory },
      variable('SPARK_WORKER_MEMORY'),
    ]),
    workDir: path.resolve(workDir?.text ?? path.join(environment['SPARK_HOME'] ?? '.', 'work')),
    ...{ auth, notices },
    warnings: [...warnings, ...reachability(host, masters)],
  }
}

// A bare number is bytes in Spark (Utils.memoryStringToMb), which makes `4096` nothing at all.
function memoryFrom(sources: readonly SettingSource[]): number {
  const source = firstSet(sources)
  if (source === undefined) return defaultMemoryMb()
  const bytes = parseBytes(source.text, 'b')
  const memoryMb = bytes === undefined ? Number.NaN : Math.floor(bytes / MIB)
  if (memoryMb >= 1 && memoryMb <= MAX_MEMORY_MB) return memoryMb
  throw usageFailure(
    `${source.name}: '${source.text}' is not an amount of memory`,
    'give it with its unit, for example 1000M or 2G',
  )
}

function reachability(host: string, masters: readonly HostPort[]): readonly string[] {
  const far = masters.find((master) => !isLoopback(master.host))
  if (far === undefined || !isLoopback(host)) return []
  return [
    `this worker advertises ${host}, which drivers and executors on other machines cannot reach, and its master is ${far.host}: name this machine with --host`,
  ]
}
