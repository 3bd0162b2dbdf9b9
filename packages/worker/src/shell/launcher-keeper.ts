// The worker's launcher, whichever it is at the moment: opened, lost, opened again.
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { LaunchEffect } from '../core/effects.ts'
import type { HeldProcess, ProcessHint, StopMode, WorkerEvent } from '../core/events.ts'
import { captionOf } from '../doors/cluster/caption.ts'
import {
  openLauncher,
  type Launcher,
  type LauncherEvent,
  type LaunchOrder,
} from '../launcher/client.ts'
import { pickResources } from '../launcher/protocol/resources.ts'
import type { Diagnose } from './diagnose.ts'

export interface LauncherKeeperOptions {
  readonly stateDir: string
  readonly host: string
  /** 0 for any. */
  readonly port: number
  readonly orphanLimitMs: number
  readonly killGraceMs: number
  readonly driverGraceMs: number
  /** What processes must prove to the launcher. */
  readonly auth: AuthSettings | null
  readonly diagnose: Diagnose
  readonly push: (event: WorkerEvent) => void
  readonly log: Logger
}

/** Makes of an order all that the launcher needs to carry it out; throws when that cannot be. */
export type PrepareLaunch = (order: LaunchEffect, launcherPort: number) => LaunchOrder

export class LauncherKeeper {
  readonly #options: LauncherKeeperOptions
  #launcher: Launcher | undefined
  /** The one before it: out of reach, dead or not. */
  #former: Launcher | undefined
  #hasLaunched = false
  /** What has been said since it was opened; null once `launcher.opened` has gone out before it. */
  #early: LauncherEvent[] | null = null
  /** Ends of processes that are being looked at. */
  readonly #diagnoses = new Set<Promise<void>>()

  constructor(options: LauncherKeeperOptions) {
    this.#options = options
  }

  /** Adopts or starts one. Throws when none can be had; otherwise the caller is to `announce` it. */
  async open(): Promise<Launcher> {
    const { push: _push, diagnose: _diagnose, ...options } = this.#options
    const onEvent = (event: LauncherEvent) => {
      if (this.#early === null) this.#tell(event)
      else this.#early.push(event)
    }
    this.#early = []
    this.#launcher = await openLauncher({ ...options, onEvent })
    return this.#launcher
  }

  /** Opens another one and says how that went. */
  reopen(): void {
    const { push } = this.#options
    this.#former = this.#launcher ?? this.#former
    this.#launcher = undefined
    this.open().then(
      (launcher) => this.announce(launcher),
      (error: unknown) => {
        const isFormerDead = this.#former?.isRunning !== true
        push({ type: 'launcher.open-failed', reason: messageOf(error), isFormerDead })
      },
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

  kill(key: ProcessKey): void {
    this.#launcher?.kill(key)
  }

  renewLease(leaseMs: number): void {
    this.#launcher?.renewLease(leaseMs)
  }

  forget(key: ProcessKey): void {
    this.#launcher?.forget(key)
  }

  /** Ends or leaves the launcher; `launcher.closed` follows in any case. */
  close(mode: StopMode): void {
    const { log } = this.#options
    const launcher = this.#launcher
    const closing = mode === 'end' ? launcher?.shutdown() : launcher?.detach()
    Promise.resolve(closing)
      .catch((error: unknown) => log.error({ err: error }, 'closing the launcher failed'))
      .finally(() => this.#pushLast({ type: 'launcher.closed' }))
  }

  /** Says what an opened launcher holds, and of what has ended there why; then what it has said since. */
  async announce({ port, held }: Launcher): Promise<void> {
    const { diagnose, push } = this.#options
    const processes = held.map(async (process) => {
      const hint = deservesDiagnosis(process) ? await diagnose(process.key) : null
      return toHeld(process, hint)
    })
    push({ type: 'launcher.opened', port, held: await Promise.all(processes) })
    const early = this.#early ?? []
    this.#early = null
    for (const event of early) this.#tell(event)
  }

  #tell(event: LauncherEvent): void {
    const { push, diagnose } = this.#options
    switch (event.type) {
      case 'process-started':
        return push({ type: 'process.started', key: event.key, pid: event.pid })
      case 'process-failed':
        return push({ type: 'process.failed', key: event.key, message: event.message })
      case 'process-not-taken':
        return push({ type: 'process.not-taken', key: event.key, message: event.message })
      case 'process-exited': {
        const { key, exitCode, killed, message } = event
        const tell = (hint: ProcessHint | null) =>
          push({ type: 'process.exited', key, exitCode, killed, message, hint })
        if (!deservesDiagnosis({ ...event, state: 'exited' })) return tell(null)
        const diagnosis = diagnose(key)
          .then(tell)
          .finally(() => this.#diagnoses.delete(diagnosis))
        this.#diagnoses.add(diagnosis)
        return
      }
      case 'launcher-lost':
        return this.#pushLast({ type: 'launcher.lost', reason: event.reason })
      case 'launcher-taken':
        return this.#pushLast({ type: 'launcher.taken', pid: event.pid })
    }
  }

  // What ends a launcher comes after the ends of its processes, however long those are looked at.
  #pushLast(event: WorkerEvent): void {
    const { push } = this.#options
    if (this.#diagnoses.size === 0) return push(event)
    void Promise.allSettled(this.#diagnoses).then(() => push(event))
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

// A clean exit needs no explanation, and what was never started left nothing to read.
function deservesDiagnosis({
  state,
  exitCode,
  killed,
}: Pick<Launcher['held'][number], 'state' | 'exitCode' | 'killed'>): boolean {
  return state === 'lost' || (state === 'exited' && (exitCode !== 0 || killed))
}

function toHeld(process: Launcher['held'][number], hint: ProcessHint | null): HeldProcess {
  const { key, payload, state, pid, exitCode, killed, message } = process
  const caption = captionOf(payload)
  const resources = pickResources(process)
  return { ...{ key, resources, caption, state, pid, exitCode, killed, message }, hint }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
