// The processes of a test, found by a mark in their environment: every child inherits it, also those
// of a launcher that outlived its worker.
import { readFileSync, readdirSync } from 'node:fs'

/** The variable that marks what a test started. */
export const MARK_VARIABLE = 'HEARTH_TEST_MARK'

/** The variable that says to which of a test's workers a process belongs. */
export const WORKER_VARIABLE = 'HEARTH_TEST_WORKER'

export interface MarkedProcess {
  readonly pid: number
  readonly commandLine: readonly string[]
  /** Number of the worker that it belongs to. */
  readonly worker: number | null
}

/**
 * Live processes (zombies excluded) of the test with this mark, which is its directory: their
 * environment carries it, or their command line names it, as a launcher's does. Linux only.
 */
export function markedProcesses(mark: string): MarkedProcess[] {
  const found: MarkedProcess[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const pid = Number(entry)
    const commandLine = readProc(pid, 'cmdline')?.split('\0').filter(Boolean) ?? []
    const variables = readProc(pid, 'environ')?.split('\0') ?? []
    const named = commandLine.find((word) => word.startsWith(`${mark}/`))
    const isMarked = named !== undefined || variables.includes(`${MARK_VARIABLE}=${mark}`)
    if (commandLine.length === 0 || !isMarked) continue
    found.push({ pid, commandLine, worker: workerOf(variables, named) })
  }
  return found
}

function workerOf(variables: readonly string[], named: string | undefined): number | null {
  const prefix = `${WORKER_VARIABLE}=`
  const variable = variables.find((text) => text.startsWith(prefix))?.slice(prefix.length)
  const number = variable ?? /\/worker-(\d+)\//.exec(named ?? '')?.[1]
  return number === undefined ? null : Number(number)
}

/** Executors among them, by what Spark's worker and ours both put into their command line. */
export function markedExecutors(mark: string): (MarkedProcess & { readonly id: string })[] {
  return markedProcesses(mark).flatMap((process) => {
    const words = process.commandLine
    // `setpriv` becomes the JVM by exec; until then its command line holds the same words.
    const isJvm = words[0]?.endsWith('java') === true
    const application = words[words.indexOf('--app-id') + 1]
    const executor = words[words.indexOf('--executor-id') + 1]
    if (!isJvm || !words.includes('--executor-id')) return []
    return [{ ...process, id: `${application}/${executor}` }]
  })
}

/** SIGKILL for all of them; a pid that is gone already is no error. */
export function killAll(processes: readonly MarkedProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

export function isAlive(pid: number): boolean {
  const state = readProc(pid, 'stat')
  if (state === undefined) return false
  return !/^\d+ \(.*\) [ZX]/s.test(state)
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended, or belongs to somebody else.
    return undefined
  }
}
