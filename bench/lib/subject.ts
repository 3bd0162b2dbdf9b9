// The two clusters that are compared, started alike: one master and one worker on this machine.
import type { TestWorkerOptions } from '../../test/support/test-cluster.ts'

/** How long each daemon took from its start to being ready, in ms. */
export interface StartTimes {
  readonly masterMs: number
  readonly workerMs: number
}

export interface Subject {
  readonly name: 'Hearth' | 'Spark'
  readonly masterUrl: string
  readonly ui: string
  /** Where its master takes submissions over REST. */
  readonly restPort: number
  readonly start: StartTimes
  /** Variables for what is submitted. */
  readonly environment: Record<string, string>
  readonly directory: string
  stop(): Promise<void>
}

export type StartSubject = (worker: TestWorkerOptions) => Promise<Subject>

const POLL_MS = 5

/** Milliseconds until the master's JSON page says what `accept` wants. */
export async function timeUntilJson(
  startedAt: number,
  url: string,
  accept: (document: { status: string; aliveworkers: number }) => boolean,
): Promise<number> {
  for (;;) {
    try {
      const response = await fetch(`${url}/json/`)
      const document = (await response.json()) as { status: string; aliveworkers: number }
      if (accept(document)) return performance.now() - startedAt
    } catch {
      // Nobody listens there yet.
    }
    if (performance.now() - startedAt > 60_000)
      throw new Error(`${url} did not become ready in 60 s`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
