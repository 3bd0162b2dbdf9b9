// The worker's launcher, whichever it is at the moment: opened, lost, opened again.
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { LaunchEffect } from '../core/effects.ts'
import type { ExecutorKey, HeldProcess, StopMode, WorkerEvent } from '../core/events.ts'
import { captionOf } from '../doors/cluster/caption.ts'
import {
  openLauncher,
  type Launcher,
  type LauncherEvent,
  type LaunchOrder,
} from '../launcher/client.ts'

export interface LauncherKeeperOptions {
  readonly stateDir: string
  readonly host: string
  /** 0 for any. */
  readonly port: number
  readonly orphanLimitMs: number
  readonly killGraceMs: number
  /** What executors must prove to the launcher. */
  readonly auth: AuthSettings | null
  readonly push: (event: WorkerEvent) => void
  readonly log: Logger
}

/** Makes of an order all that the launcher needs to carry it out; throws when that cannot be. */
export type PrepareLaunch = (order: LaunchEffect, launcherPort: number) => LaunchOrder

export class LauncherKeeper {
  readonly #options: LauncherKeeperOptions
  #launcher: Launcher | undefined
  #hasLaunched = false

  constructor(options: LauncherKeeperOptions) {
    this.#options = options
  }

  /** Adopts or starts one. Throws when none can be had; `launcher.opened` is the caller's to push. */
  async open(): Promise<Launcher> {
    const { push, ...options } = this.#options
    const onEvent = (event: LauncherEvent) => push(toEvent(event))
    this.#launcher = await openLauncher({ ...options, onEvent })
    return this.#launcher
  }

  /** Opens another one and says how that went. */
  reopen(): void {
    const { push } = this.#options
    this.#launcher = undefined
    this.open().then(
      (launcher) => push(openedEvent(launcher)),
      (error: unknown) => push({ type: 'launcher.open-failed', reason: messageOf(error) }),
    )
  }

  /** An order that cannot be prepared fails, like one that the launcher cannot carry out. */
  launch(order: LaunchEffect, prepare: PrepareLaunch): void {
    const { push } = this.#options
    const launcher = this.#launcher
    if (launcher === undefined) return
    this.#hasLaunched = true
    try {
      launcher.launch(prepare(order, launcher.port))
    } catch (error) {
      push({ type: 'process.failed', key: order.key, message: messageOf(error) })
    }
  }

  kill(key: ExecutorKey): void {
    this.#launcher?.kill(key)
  }

  forget(key: ExecutorKey): void {
    this.#launcher?.forget(key)
  }

  /** Ends or leaves the launcher; `launcher.closed` follows in any case. */
  close(mode: StopMode): void {
    const { push, log } = this.#options
    const launcher = this.#launcher
    const closing = mode === 'end' ? launcher?.shutdown() : launcher?.detach()
    Promise.resolve(closing)
      .catch((error: unknown) => log.error({ err: error }, 'closing the launcher failed'))
      .finally(() => push({ type: 'launcher.closed' }))
  }

  /**
   * Leaves the launcher and its processes alone, without a word to the core; one that never had a
   * process is ended.
   */
  async abandon(): Promise<void> {
    const launcher = this.#launcher
    if (launcher === undefined) return
    await (launcher.adopted || this.#hasLaunched ? launcher.detach() : launcher.shutdown())
  }
}

export function openedEvent({ port, held }: Launcher): WorkerEvent {
  return { type: 'launcher.opened', port, held: held.map(toHeld) }
}

function toHeld({
  payload,
  cores,
  memoryMb,
  custom,
  workDir: _workDir,
  scratchDirs: _dirs,
  ...held
}: Launcher['held'][number]): HeldProcess {
  const resources = { cores, memoryMb, ...(custom !== undefined && { custom }) }
  return { ...held, resources, caption: captionOf(payload satisfies SparkExecutorPayload) }
}

function toEvent(event: LauncherEvent): WorkerEvent {
  switch (event.type) {
    case 'process-started':
      return { type: 'process.started', key: event.key, pid: event.pid }
    case 'process-failed':
      return { type: 'process.failed', key: event.key, message: event.message }
    case 'process-exited': {
      const { key, exitCode, killed } = event
      return { type: 'process.exited', key, exitCode, killed }
    }
    case 'launcher-lost':
      return { type: 'launcher.lost', reason: event.reason }
    case 'launcher-taken':
      return { type: 'launcher.taken', pid: event.pid }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
