// The fetches of a worker, one per run of a driver.
import path from 'node:path'
import {
  formatProcessKey,
  processDirectory,
  type ProcessKey,
} from '@hearth/common/domain/process-key.ts'
import type { SparkDriverPayload } from '@hearth/common/protocol/cluster/messages.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { LaunchEffect } from '../../core/effects.ts'
import type { WorkerEvent } from '../../core/events.ts'
import { parseJarUrl } from '../../doors/spark/jar-source.ts'
import { fetchJar } from './fetch-jar.ts'
import type { FetchLimits } from './fetch-session.ts'

export interface FetchesOptions {
  readonly workDir: string
  readonly limits: FetchLimits
  /** Called before a process's directory is created. */
  readonly noteDirectory: (key: ProcessKey) => void
  readonly push: (event: WorkerEvent) => void
  readonly log: Logger
}

interface Running {
  readonly stop: AbortController
  readonly done: Promise<void>
}

export class Fetches {
  readonly #options: FetchesOptions
  readonly #running = new Map<string, Running>()

  constructor(options: FetchesOptions) {
    this.#options = options
  }

  /** Fetches what the process needs; `process.fetched` or `process.failed` follows unless it is stopped. */
  begin(key: ProcessKey, payload: LaunchEffect['payload']): void {
    const { push, log } = this.#options
    const name = formatProcessKey(key)
    const stop = new AbortController()
    // The door to the masters lets no other kind of payload in for something to be fetched.
    const { jarUrl } = payload as SparkDriverPayload
    const done = this.#fetch(key, jarUrl, stop.signal)
      .then(
        () => push({ type: 'process.fetched', key }),
        (error: unknown) => {
          if (stop.signal.aborted) return log.info({ process: name }, 'its fetch was stopped')
          const message = error instanceof Error ? error.message : String(error)
          push({ type: 'process.failed', key, message })
        },
      )
      .finally(() => this.#running.delete(name))
    this.#running.set(name, { stop, done })
  }

  /** Nothing is pushed about it any more. */
  stop(key: ProcessKey): void {
    this.#running.get(formatProcessKey(key))?.stop.abort()
  }

  /** Stops all; resolves when nothing of them is left. */
  async stopAll(): Promise<void> {
    const running = [...this.#running.values()]
    for (const { stop } of running) stop.abort()
    await Promise.all(running.map(({ done }) => done))
  }

  async #fetch(key: ProcessKey, jarUrl: string, stop: AbortSignal): Promise<void> {
    const { workDir, limits, noteDirectory } = this.#options
    const source = parseJarUrl(jarUrl)
    const directory = path.join(workDir, processDirectory(key))
    noteDirectory(key)
    await fetchJar({ jarUrl, source, directory, limits, stop })
  }
}
