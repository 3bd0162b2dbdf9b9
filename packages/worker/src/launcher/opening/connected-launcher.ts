import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { readIdentity, type LauncherIdentity, type LauncherPaths } from '../launcher-directory.ts'
import type { Launcher, LauncherEvent } from '../launcher.ts'
import { isRunning, readUptimeSeconds, signalProcess } from '../linux-processes.ts'
import type { HeldProcess } from '../protocol/held-process.ts'
import type { LaunchOrder } from '../protocol/launch-order.ts'
import { MAX_LINE_BYTES } from '../protocol/line-channel.ts'
import type { LauncherToWorker } from '../protocol/messages.ts'
import { pickResources } from '../protocol/resources.ts'
import type { Adoption } from './adopt-launcher.ts'
import { awaitEnd } from './await-end.ts'
import { recoverProcesses } from './recover-processes.ts'

/** A launcher whose connection has closed is dead or about to be, unless something is wrong with us. */
const DEATH_LIMIT_MS = 2000

/** What ending everything may take beyond the grace before the launcher itself is killed. */
const SHUTDOWN_MARGIN_MS = 5000

export interface ConnectedLauncherOptions {
  readonly paths: LauncherPaths
  readonly identity: LauncherIdentity
  readonly adopted: boolean
  /** What a process may take to end at most. */
  readonly longestGraceMs: number
  readonly log: Logger
  readonly onEvent: (event: LauncherEvent) => void
}

/** The worker's end of an adopted launcher. */
export class ConnectedLauncher implements Launcher {
  readonly port: number
  readonly held: readonly HeldProcess[]
  readonly adopted: boolean
  readonly #options: ConnectedLauncherOptions
  readonly #channel: Adoption['channel']
  // Ordered, but neither started nor failed yet: no table may know of them.
  readonly #launching = new Map<string, LaunchOrder>()
  #state: 'open' | 'leaving' | 'lost' = 'open'

  constructor(options: ConnectedLauncherOptions, { channel, held }: Adoption) {
    this.#options = options
    this.#channel = channel
    this.port = options.identity.port
    this.adopted = options.adopted
    this.held = held
  }

  get isRunning(): boolean {
    return isRunning(this.#options.identity)
  }

  launch(order: LaunchOrder): void {
    const { key } = order
    if (this.#state !== 'open') {
      return this.#saySoon({ type: 'process-not-taken', key, message: 'the launcher is gone' })
    }
    this.#launching.set(formatProcessKey(key), order)
    if (this.#channel.send({ type: 'launch', key, order })) return
    this.#launching.delete(formatProcessKey(key))
    const message = `its launch order exceeds ${MAX_LINE_BYTES} bytes`
    this.#saySoon({ type: 'process-failed', key, message })
  }

  kill(key: ProcessKey): void {
    this.#channel.send({ type: 'kill', key })
  }

  renewLease(leaseMs: number): void {
    // As an instant of the machine's clock: what a stopped launcher finds in its queue is not new.
    const endsAtMs = Math.floor(readUptimeSeconds() * 1000 + leaseMs)
    this.#channel.send({ type: 'renew-lease', endsAtMs })
  }

  forget(key: ProcessKey): void {
    this.#channel.send({ type: 'forget', key })
  }

  async detach(): Promise<void> {
    this.#state = 'leaving'
    this.#channel.close()
    await this.#channel.closed
  }

  async shutdown(): Promise<void> {
    if (this.#state !== 'open') return
    this.#state = 'leaving'
    const { identity, longestGraceMs, log, paths } = this.#options
    this.#channel.send({ type: 'shutdown' })
    const left = await awaitEnd([identity], longestGraceMs + SHUTDOWN_MARGIN_MS)
    if (left.length > 0) {
      log.warn({ launcher: identity.pid }, 'launcher does not end by itself; killing it')
      signalProcess(identity, 'SIGKILL')
      await awaitEnd(left, DEATH_LIMIT_MS)
    }
    // One that ends as it should takes its identity along.
    if ((await readIdentity(paths)) !== undefined) {
      await recoverProcesses(paths, identity.id, log)
    }
    this.#channel.close()
    await this.#channel.closed
  }

  /** For the adoption: what the launcher says. */
  receive(message: LauncherToWorker): void {
    const { onEvent, log } = this.#options
    switch (message.type) {
      case 'started':
        this.#launching.delete(formatProcessKey(message.key))
        return onEvent({ type: 'process-started', key: message.key, pid: message.pid })
      case 'failed':
        this.#launching.delete(formatProcessKey(message.key))
        return onEvent({ type: 'process-failed', key: message.key, message: message.message })
      case 'not-taken':
        this.#launching.delete(formatProcessKey(message.key))
        return onEvent({ type: 'process-not-taken', key: message.key, message: message.message })
      case 'exited': {
        const { key, exitCode, killed } = message
        this.#launching.delete(formatProcessKey(key))
        return onEvent({ type: 'process-exited', key, exitCode, killed, message: message.message })
      }
      case 'taken':
        this.#state = 'leaving'
        return onEvent({ type: 'launcher-taken', pid: message.pid })
      case 'welcome':
      case 'held':
      case 'refused':
        log.error({ message: message.type }, 'launcher said something out of order; left aside')
    }
  }

  /** For the adoption: the connection is gone. */
  connectionLost(reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'lost'
    const { log } = this.#options
    this.#settle(reason).catch((error: unknown) => {
      log.error({ err: error }, 'cannot clear up after the launcher')
      this.#options.onEvent({ type: 'launcher-lost', reason, processes: this.#neverRecorded([]) })
    })
  }

  async #settle(reason: string): Promise<void> {
    const { identity, paths, log, onEvent } = this.#options
    const alive = await awaitEnd([identity], DEATH_LIMIT_MS)
    if (alive.length > 0) {
      log.warn({ reason, launcher: identity.pid }, 'connection lost, but the launcher lives')
      onEvent({ type: 'launcher-lost', reason, processes: [] })
      return
    }
    const recovered = await recoverProcesses(paths, identity.id, log)
    const processes = [...recovered, ...this.#neverRecorded(recovered)]
    onEvent({ type: 'launcher-lost', reason: `launcher died: ${reason}`, processes })
  }

  #neverRecorded(recorded: readonly HeldProcess[]): HeldProcess[] {
    const known = new Set(recorded.map(({ key }) => formatProcessKey(key)))
    const orders = [...this.#launching.values()].filter(
      ({ key }) => !known.has(formatProcessKey(key)),
    )
    return orders.map((order) => ({
      ...pickResources(order),
      ...{ key: order.key, payload: order.payload },
      ...{ workDir: order.workDir, scratchDirs: order.scratchDirs },
      ...{ pid: null, state: 'lost', exitCode: null, killed: false },
      message: 'its launcher died while it was being started',
    }))
  }

  // Not at once: whoever orders is seldom ready to be answered within the call.
  #saySoon(event: LauncherEvent): void {
    setImmediate(() => this.#options.onEvent(event))
  }
}
