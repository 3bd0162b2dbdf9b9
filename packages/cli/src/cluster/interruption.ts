/** Ctrl-C or a polite kill, as a signal that work can be tied to. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Resolves at the first signal. */
  readonly happened: Promise<void>
  dispose(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** From now on the first signal only tells; a second one ends the process as usual. */
export function watchInterruption(): Interruption {
  const controller = new AbortController()
  const dispose = () => {
    for (const name of SIGNALS) process.off(name, interrupt)
  }
  const interrupt = () => {
    dispose()
    controller.abort(new Error('interrupted'))
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  return {
    signal: controller.signal,
    happened: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(), { once: true })
    }),
    dispose,
  }
}
