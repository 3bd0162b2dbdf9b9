import type { Logger } from '@hearth/common/runtime/log.ts'
import type { Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK } from '../exit-codes.ts'
import { startFailure } from './start-failure.ts'

export interface RunningDaemon extends Stoppable {
  /** Resolves with an exit status when the daemon ends by itself. */
  readonly exited: Promise<number>
}

type StopReason = { readonly why: string; readonly code: number }

/**
 * Runs a daemon until a signal asks it to end, it ends by itself, or the process that started it is
 * gone; resolves with the exit status when it has stopped. A second signal ends it at once.
 *
 * With an IPC channel, `ready` is sent over it: whoever started the daemon may wait for the message
 * and then connect.
 */
export async function runDaemon<Daemon extends RunningDaemon>(
  log: Logger,
  start: () => Promise<Daemon>,
  describeReady: (daemon: Daemon) => Readonly<Record<string, unknown>>,
): Promise<number> {
  const asked = watchStopRequests()
  try {
    // A signal during the start takes effect when there is something to stop.
    const daemon = await start().catch((error: unknown) => {
      throw startFailure(error)
    })
    process.send?.({ type: 'ready', ...describeReady(daemon) })
    const reason = await Promise.race([
      asked.stop,
      daemon.exited.then((code): StopReason => ({ why: 'ended by itself', code })),
    ])
    log.info({ reason: reason.why }, 'stopping')
    return await stopped(daemon, log, reason.code)
  } finally {
    asked.dispose()
  }
}

async function stopped(daemon: Stoppable, log: Logger, code: number): Promise<number> {
  try {
    await daemon.stop()
    return code
  } catch (error) {
    log.error({ err: error }, 'not everything could be stopped')
    return code === EXIT_OK ? EXIT_FAILURE : code
  }
}

function watchStopRequests(): { readonly stop: Promise<StopReason>; dispose(): void } {
  const { promise, resolve } = deferred<StopReason>()
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  let asked = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(EXIT_INTERRUPTED)
    asked = true
    resolve({ why: signal, code: EXIT_OK })
  }
  // A daemon that was started over IPC belongs to the process at the other end.
  const onDisconnect = () => resolve({ why: 'the starting process is gone', code: EXIT_OK })
  for (const signal of signals) process.on(signal, onSignal)
  process.on('disconnect', onDisconnect)
  return {
    stop: promise,
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal)
      process.off('disconnect', onDisconnect)
      if (process.connected) process.disconnect()
    },
  }
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((settle) => (resolve = settle))
  return { promise, resolve }
}
