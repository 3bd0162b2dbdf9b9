// Another's program, run to its end or to its limits.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface BoundedRun {
  readonly program: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeoutMs: number
  /** More output than this ends the program. */
  readonly maxOutputBytes: number
}

/** What became of it: `problem` is a sentence's end that says why the output is of no use. */
export type BoundedOutcome = { readonly output: string } | { readonly problem: string }

const MAX_COMPLAINT_BYTES = 4096

/**
 * Runs a program without arguments and without a shell, and resolves with what it wrote to its standard
 * output. When it takes too long, writes too much, or fails, it ends with its whole process group and
 * `problem` says what happened, with the end of its standard error. Nothing of its group outlives
 * this, and what has left the group is not waited for. Never rejects.
 */
export async function runBounded(run: BoundedRun): Promise<BoundedOutcome> {
  const { timeoutMs, maxOutputBytes } = run
  const child = start(run)
  if (typeof child === 'string') return { problem: `cannot be run: ${child}` }
  const endGroup = () => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The group is empty already.
    }
  }
  const output: Buffer[] = []
  let outputBytes = 0
  let complaint = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length
    if (outputBytes <= maxOutputBytes) output.push(chunk)
    else settle(`wrote more than ${maxOutputBytes} bytes`)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-MAX_COMPLAINT_BYTES)
  })

  let settle: (problem: string | undefined) => void = () => undefined
  const settled = new Promise<string | undefined>((resolve) => (settle = resolve))
  const timer = setTimeout(() => settle(`took longer than ${timeoutMs} ms`), timeoutMs)
  child.once('error', (error) => settle(`cannot be run: ${error.message}`))
  // What it left in its group would hold its output open.
  child.once('exit', endGroup)
  child.once('close', (code, signal) => settle(endProblem(code, signal)))

  const problem = await settled
  clearTimeout(timer)
  if (child.exitCode === null && child.signalCode === null) endGroup()
  child.stdout.destroy()
  child.stderr.destroy()
  if (problem === undefined) return { output: Buffer.concat(output).toString('utf8') }
  const said = complaint.toString('utf8').trim()
  return { problem: said === '' ? problem : `${problem}; it said: ${said}` }
}

// A group of its own, so that what it starts ends with it.
function start({ program, environment }: BoundedRun) {
  try {
    return spawn(program, [], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function endProblem(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined
  if (signal === null) return `ended with exit status ${code}`
  return `was ended by signal ${signal} (${constants.signals[signal]})`
}
