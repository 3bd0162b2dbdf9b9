// A part of a bench with a thread of its own, so that what is measured does not wait for the rest of the
// bench. A thread runs the same bundle as the main one, told by its data what to be.
import { Worker } from 'node:worker_threads'

export interface BenchThreadOptions<Report> {
  /** Names the part in main.ts, and what it needs to begin. */
  readonly task: { readonly part: string }
  readonly onReport: (report: Report) => void
}

/** `Command` is what it is told, `Report` what it says. */
export class BenchThread<Command, Report> {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #failure: Error | undefined
  #onFailure: ((error: Error) => void)[] = []

  constructor({ task, onReport }: BenchThreadOptions<Report>) {
    this.#worker = new Worker(process.argv[1] ?? '', { workerData: task })
    this.#worker.on('message', onReport)
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    void this.#ended.then(() => this.#fail(new Error(`the thread of ${task.part} has ended`)))
  }

  tell(command: Command): void {
    this.#worker.postMessage(command, [])
  }

  /** What `result` comes to, or the error that the thread ends with before. */
  orFailure<Result>(result: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#onFailure.push(reject)
      const settled = () => {
        this.#onFailure = this.#onFailure.filter((one) => one !== reject)
      }
      result.then(resolve, reject).finally(settled)
    })
  }

  /** Resolves when the thread has ended; the command must make it end. */
  async end(command: Command): Promise<void> {
    this.tell(command)
    await this.#ended
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const reject of this.#onFailure.splice(0)) reject(this.#failure)
  }
}

/** Milliseconds of a clock that all threads and processes of the machine share. */
export function sharedClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
