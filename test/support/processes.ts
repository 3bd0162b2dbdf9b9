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

/** Live processes (zombies excluded) whose environment carries the mark. Linux only. */
export function markedProcesses(mark: string): MarkedProcess[] {
  const found: MarkedProcess[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const pid = Number(entry)
    const environment = readProc(pid, 'environ')
    const variables = environment?.split('\0') ?? []
    if (!variables.includes(`${MARK_VARIABLE}=${mark}`)) continue
    const commandLine = readProc(pid, 'cmdline')?.split('\0').filter(Boolean) ?? []
    const worker = variables.find((text) => text.startsWith(`${WORKER_VARIABLE}=`))
    const number = worker === undefined ? null : Number(worker.slice(WORKER_VARIABLE.length + 1))
    if (commandLine.length > 0) found.push({ pid, commandLine, worker: number })
  }
  return found
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
