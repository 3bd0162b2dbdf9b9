// conf/spark-env.sh is a shell script that sets variables: Spark's start scripts source it with
// auto-export (bin/load-spark-env.sh), and run books keep everything there, `export` or not.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError } from './read-config.ts'

export type Environment = Readonly<Record<string, string>>

export interface SparkEnv {
  readonly environment: Environment
  /** The script that was sourced; undefined when there is none. */
  readonly script: string | undefined
  /** What the script wrote, one line an entry: worth a warning, not a failure. */
  readonly output: readonly string[]
}

export interface SparkEnvOptions {
  /** How long the script may take before it is ended. */
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 10_000
const MAX_OUTPUT_BYTES = 1024 * 1024
const LAST_WORDS_MS = 100
const NOT_A_SCRIPT = 65

// A syntax error would leave the shell running with half of the settings, so it is looked for first.
// The environment leaves through descriptor 3: what the script prints must not mix with it. The
// last command's status is ignored, as Spark does: `[ -f x ] && . x` at the end is common.
const SOURCE = `
"$BASH" -n "$1" || exit ${NOT_A_SCRIPT}
set -a
. "$1" 3>&-
set +a
env -0 >&3
exit 0
`

/** `SPARK_CONF_DIR`, else `$SPARK_HOME/conf`; undefined when neither is set. */
export function confDir(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { SPARK_CONF_DIR: dir, SPARK_HOME: home } = environment
  if (dir !== undefined && dir !== '') return dir
  return home === undefined || home === '' ? undefined : path.join(home, 'conf')
}

/**
 * The environment after `spark-env.sh` of the configuration directory was sourced once, or as it is
 * when there is no such file or `SPARK_ENV_LOADED` says that Spark's scripts did it already. Throws a
 * {@link ConfigError} that names the file when the script fails, exits or takes too long.
 */
export async function loadSparkEnv(
  environment: Environment,
  options: SparkEnvOptions = {},
): Promise<SparkEnv> {
  const dir = confDir(environment)
  const script = dir === undefined ? undefined : path.resolve(dir, 'spark-env.sh')
  const loaded = (environment['SPARK_ENV_LOADED'] ?? '') !== ''
  if (script === undefined || loaded || !existsSync(script)) {
    return { environment, script: undefined, output: [] }
  }
  const result = await runScript(script, environment, options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  // The shell's own book-keeping is not part of what the script says.
  const after = parseEnvironment(result.variables)
  for (const name of ['_', 'SHLVL', 'OLDPWD', 'PWD']) {
    delete after[name]
    if (environment[name] !== undefined) after[name] = environment[name]
  }
  return { environment: { ...after, SPARK_ENV_LOADED: '1' }, script, output: result.output }
}

interface ScriptResult {
  readonly variables: string
  readonly output: readonly string[]
}

async function runScript(
  script: string,
  environment: Environment,
  timeoutMs: number,
): Promise<ScriptResult> {
  // In a group of its own, so that whatever it started ends with it.
  const shell = spawn('bash', ['-c', SOURCE, 'spark-env', script], {
    env: { ...environment, SPARK_ENV_LOADED: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let cut: string | undefined
  const end = (reason: string) => {
    cut ??= reason
    endGroup(shell.pid)
  }
  const timer = setTimeout(() => end(`did not finish within ${timeoutMs / 1000} s`), timeoutMs)
  const tooMuch = () => end(`wrote more than ${MAX_OUTPUT_BYTES} bytes`)
  const streams = [shell.stdout, shell.stderr].filter((stream) => stream !== null)
  const output = collect(streams, tooMuch)
  const variablesPipe = shell.stdio[3] as Readable
  const variables = collect([variablesPipe], tooMuch)
  const closed = once(shell, 'close').catch(() => undefined)
  try {
    const exit = once(shell, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const [[code, signal]] = await Promise.all([exit, once(variablesPipe, 'close')])
    // A background process of the script may hold its output open for ever; what a failing shell
    // said last is in the pipe by now.
    await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })])
    const lines = output()
      .split('\n')
      .filter((line) => line.trim() !== '')
    const problem = cut ?? describeEnd(code, signal, variables())
    if (problem === undefined) return { variables: variables(), output: lines }
    const said = lines.length === 0 ? '' : `: ${lines.slice(-3).join(' | ')}`
    throw new ConfigError([`${script} ${problem}${said}`])
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`${script} cannot be sourced: bash did not start (${reason})`])
  } finally {
    clearTimeout(timer)
    for (const stream of streams) stream.destroy()
  }
}

// What went wrong, or undefined when the shell came to its end and told its variables.
function describeEnd(
  code: number | null,
  signal: NodeJS.Signals | null,
  variables: string,
): string | undefined {
  if (signal !== null) return `was ended by ${signal}`
  if (variables !== '') return undefined
  if (code === NOT_A_SCRIPT) return 'is not a valid shell script'
  return `ended the shell with exit code ${code}`
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

// Gathers what streams say, up to a limit.
function collect(streams: readonly Readable[], tooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MAX_OUTPUT_BYTES) tooMuch()
      else chunks.push(chunk)
    })
  }
  return () => Buffer.concat(chunks).toString('utf8')
}

function parseEnvironment(text: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const entry of text.split('\0')) {
    const at = entry.indexOf('=')
    // Functions exported by bash are not variables for anybody but bash.
    if (at > 0 && !entry.startsWith('BASH_FUNC_'))
      variables[entry.slice(0, at)] = entry.slice(at + 1)
  }
  return variables
}
