// What `up` and `quickstart` take alike, and how a machine is divided among workers.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DEFAULT_MASTER_PORT } from '@hearth/common/domain/addresses.ts'
import { MIB, parseBytes } from '@hearth/common/runtime/config/units.ts'
import type { Command } from 'commander'
import { usageFailure } from '../command-failure.ts'
import { LOOPBACK } from '../daemon/exposure.ts'
import { integerFrom, portFrom } from '../daemon/flags.ts'
import { defaultMemoryMb, machineCores } from '../daemon/machine-size.ts'
import { portOrAny } from './free-port.ts'

export interface ClusterFlags {
  readonly workers?: string
  readonly port?: string
  readonly webuiPort?: string
  readonly cores?: string
  readonly memory?: string
  readonly workDir?: string
  readonly sparkHome?: string
}

export interface ClusterPlan {
  readonly workers: number
  readonly masterPort: number
  readonly webUiPort: number
  readonly coresPerWorker: number
  readonly memoryMbPerWorker: number
  readonly dir: string
  /** The directory is ours to remove when the cluster has stopped. */
  readonly dirIsTemporary: boolean
}

const DEFAULT_UI_PORT = 8080
const DEFAULT_WORKERS = 2
const MAX_WORKERS = 100
const MAX_CORES = 65_536
const SMALLEST_WORKER_MB = 1024

export function addClusterFlags(command: Command): Command {
  return command
    .option('-n, --workers <n>', `how many workers (default ${DEFAULT_WORKERS})`)
    .option('-p, --port <port>', 'the master’s port, 0 for any (default 7077 if it is free)')
    .option('--webui-port <port>', 'port of the master’s web UI (default 8080 if it is free)')
    .option('-c, --cores <n>', 'cores of each worker (default: the machine’s, divided)')
    .option('-m, --memory <size>', 'memory of each worker (default: the machine’s, divided)')
    .option('-d, --work-dir <dir>', 'keep logs and work directories here (default: temporary)')
    .option(
      '--spark-home <dir>',
      'the Spark to run executors with (default: the one that is found)',
    )
}

/** Reads the flags; throws a usage failure for what they cannot mean. */
export async function planCluster(flags: ClusterFlags): Promise<ClusterPlan> {
  const workers = integerFrom([{ name: '--workers', text: flags.workers }], {
    fallback: DEFAULT_WORKERS,
    min: 1,
    max: MAX_WORKERS,
    what: `a number of workers from 1 to ${MAX_WORKERS}`,
  })
  const coresPerWorker = integerFrom([{ name: '--cores', text: flags.cores }], {
    fallback: Math.max(1, Math.floor(machineCores() / workers)),
    min: 1,
    max: MAX_CORES,
    what: `a number of cores from 1 to ${MAX_CORES}`,
  })
  return {
    workers,
    coresPerWorker,
    memoryMbPerWorker: memoryPerWorker(flags.memory, workers),
    masterPort: await chosenPort('--port', flags.port, DEFAULT_MASTER_PORT),
    webUiPort: await chosenPort('--webui-port', flags.webuiPort, DEFAULT_UI_PORT),
    ...(flags.workDir === undefined
      ? { dir: await mkdtemp(path.join(tmpdir(), 'hearth-')), dirIsTemporary: true }
      : { dir: path.resolve(flags.workDir), dirIsTemporary: false }),
  }
}

// A port that was asked for must be had; the usual one may be taken by another cluster.
async function chosenPort(name: string, text: string | undefined, usual: number): Promise<number> {
  return text === undefined ? portOrAny(LOOPBACK, usual) : portFrom([{ name, text }], usual)
}

// An executor asks for 1 GiB unless told otherwise: a smaller worker would run nothing.
function memoryPerWorker(text: string | undefined, workers: number): number {
  if (text === undefined) {
    return Math.max(SMALLEST_WORKER_MB, Math.floor(defaultMemoryMb() / workers))
  }
  const bytes = parseBytes(text, 'b')
  if (bytes !== undefined && bytes >= MIB) return Math.floor(bytes / MIB)
  throw usageFailure(
    `--memory: '${text}' is not an amount of memory`,
    'give it with its unit, for example 1000M or 2G',
  )
}
