import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import path from 'node:path'
import { CommandFailure } from '../command-failure.ts'
import { LOOPBACK } from '../daemon/exposure.ts'

export interface PiOptions {
  readonly sparkHome: string
  readonly masterUrl: string
  readonly environment: Readonly<Record<string, string>>
  /** Takes what spark-submit logs. */
  readonly logFile: string
  readonly signal: AbortSignal
}

const SLICES = '10'
const LAST_LINES = 15

/**
 * Runs Spark's own `pi.py` through the unmodified spark-submit in client mode and resolves with what
 * it found. Throws a {@link CommandFailure} with the end of its log when it fails.
 */
export async function runPi(options: PiOptions): Promise<string> {
  const { sparkHome, masterUrl, environment, logFile, signal } = options
  const script = path.join(sparkHome, 'examples', 'src', 'main', 'python', 'pi.py')
  if (!existsSync(script)) {
    throw new CommandFailure(`this Spark came without its examples: ${script} does not exist`, {
      hint: 'name a whole Spark with --spark-home',
    })
  }
  // The driver's address too: a host name that does not resolve would keep it from starting.
  const local = [`spark.driver.host=${LOOPBACK}`, `spark.driver.bindAddress=${LOOPBACK}`]
  const child = spawn(
    path.join(sparkHome, 'bin', 'spark-submit'),
    ['--master', masterUrl, ...local.flatMap((property) => ['--conf', property]), script, SLICES],
    {
      env: { ...environment, SPARK_HOME: sparkHome, SPARK_LOCAL_IP: LOOPBACK },
      stdio: ['ignore', 'pipe', 'pipe'],
      // spark-submit is a shell script that starts Java that starts Python: a group ends together.
      detached: true,
    },
  )
  const endGroup = () => killGroup(child)
  signal.addEventListener('abort', endGroup)
  try {
    return await resultOf(child, logFile)
  } finally {
    signal.removeEventListener('abort', endGroup)
    endGroup()
  }
}

async function resultOf(child: ChildProcess, logFile: string): Promise<string> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  await appendFile(logFile, stderr + stdout)
  const match = /^Pi is roughly (\d+\.\d+)$/m.exec(stdout)
  if (code === 0 && match?.[1] !== undefined) return match[1]
  const lastLines = stderr.trimEnd().split('\n').slice(-LAST_LINES).join('\n')
  throw new CommandFailure(`spark-submit did not print Pi (exit status ${code})`, {
    hint: `its log ends with (${logFile}):\n${lastLines}`,
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGTERM')
  } catch {
    // Everything in it has ended.
  }
}
