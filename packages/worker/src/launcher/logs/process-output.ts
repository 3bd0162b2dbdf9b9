// Where the output of a process goes: into files that it writes itself, or through pipes into files that
// the launcher rolls.
import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import { isDoneInTime } from './is-done-in-time.ts'
import { LogFiles } from './log-files.ts'
import { closeDescriptor, makePipes, type PipeEnds } from './make-pipes.ts'
import { OutputPipe } from './output-pipe.ts'

const STREAMS = ['stdout', 'stderr'] as const

/**
 * How long the end of a process waits for its last output to be written: a disk that hangs must not keep the
 * end from being told.
 */
export const TAIL_LIMIT_MS = 10_000

/** The standard output and error of one process. */
export interface ProcessOutput {
  readonly stdout: number
  readonly stderr: number
  /** Writes to stderr before the process does; throws when it cannot. */
  writeHeader(text: string): Promise<void>
  /** To be called once, whether the process was started or not: it has its own descriptors. */
  handOver(): Promise<void>
  /** To be called when the process has ended: resolves when what it wrote is in its files, or cannot be. */
  settle(): Promise<void>
}

/** Files to which the process appends by itself. Throws when one cannot be opened. */
export async function openFileOutput(workDir: string): Promise<ProcessOutput> {
  const logs: FileHandle[] = []
  // A log that cannot be closed is no reason to call a running process failed.
  const close = async () => void (await Promise.allSettled(logs.map((log) => log.close())))
  try {
    for (const stream of STREAMS) logs.push(await open(path.join(workDir, stream), 'a'))
  } catch (error) {
    await close()
    throw error
  }
  const [out, err] = logs as [FileHandle, FileHandle]
  return {
    stdout: out.fd,
    stderr: err.fd,
    writeHeader: (text) => err.appendFile(text),
    handOver: close,
    settle: () => Promise.resolve(),
  }
}

export interface RolledOutputsOptions {
  /** Private to us; holds nothing but for moments. */
  readonly directory: string
  readonly onProblem: (problem: string) => void
}

/** Opens output that somebody else than the process writes. */
export interface Outputs {
  /** Output of one process. Throws when a log or a pipe cannot be opened. */
  open(workDir: string, rolling: LogRolling): Promise<ProcessOutput>
  /** Writes what processes have written and reads no more. */
  close(): Promise<void>
}

/** The outputs that a launcher reads and rolls. */
export class RolledOutputs implements Outputs {
  readonly #options: RolledOutputsOptions
  readonly #files: LogFiles
  readonly #pipes = new Set<OutputPipe>()

  constructor(options: RolledOutputsOptions) {
    this.#options = options
    this.#files = new LogFiles(options.onProblem)
  }

  async open(workDir: string, rolling: LogRolling): Promise<ProcessOutput> {
    const ends = (await makePipes(this.#options.directory, STREAMS.length)) as [PipeEnds, PipeEnds]
    const handOver = async () =>
      void (await Promise.allSettled(ends.map(({ writer }) => closeDescriptor(writer))))
    const opened: OutputPipe[] = []
    try {
      for (const [at, stream] of STREAMS.entries()) {
        opened.push(await this.#read(path.join(workDir, stream), rolling, ends[at as 0 | 1].reader))
      }
    } catch (error) {
      // Their readers see the end of the pipes and give their logs back.
      await handOver()
      for (const { reader } of ends.slice(opened.length)) await closeDescriptor(reader)
      throw error
    }
    const stderr = path.join(workDir, 'stderr')
    return {
      stdout: ends[0].writer,
      stderr: ends[1].writer,
      writeHeader: async (text) => {
        const log = await this.#files.acquire(stderr, rolling)
        await log.appendOrFail(Buffer.from(text)).finally(() => this.#files.release(stderr))
      },
      handOver,
      settle: () => this.#settle(workDir, opened),
    }
  }

  async close(): Promise<void> {
    const closed = Promise.all([...this.#pipes].map((pipe) => pipe.close()))
    await this.#inTime(
      closed.then(() => this.#files.closed()),
      'the last output of processes',
    )
  }

  async #read(file: string, rolling: LogRolling, reader: number): Promise<OutputPipe> {
    const log = await this.#files.acquire(file, rolling)
    const pipe = new OutputPipe(reader, (bytes) => log.append(bytes))
    this.#pipes.add(pipe)
    void this.#releaseAtEnd(pipe, file)
    return pipe
  }

  async #releaseAtEnd(pipe: OutputPipe, file: string): Promise<void> {
    await pipe.ended
    this.#pipes.delete(pipe)
    this.#files.release(file)
  }

  async #settle(workDir: string, pipes: readonly OutputPipe[]): Promise<void> {
    const settled = Promise.all(pipes.map((pipe) => pipe.settle()))
    await this.#inTime(settled, `the last output in ${workDir}`)
  }

  async #inTime(work: Promise<unknown>, what: string): Promise<void> {
    if (await isDoneInTime(work, TAIL_LIMIT_MS)) return
    this.#options.onProblem(`${what} is not written after ${TAIL_LIMIT_MS} ms; not waiting for it`)
  }
}
