import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Outputs } from '../logs/process-output.ts'
import type { ProcessRecord, ProcessTable } from '../process-table.ts'
import type { HeldProcess } from '../protocol/held-process.ts'
import type { LaunchOrder } from '../protocol/launch-order.ts'
import type { LauncherToWorker } from '../protocol/messages.ts'
import { pickResources } from '../protocol/resources.ts'
import { EndingSession } from './ending-session.ts'
import type { OwnLog } from './own-log.ts'
import { prepareProcess, type SpawnedProcess } from './spawn-process.ts'

/** What the owner tells the worker about a process. */
export type ProcessReport = Extract<
  LauncherToWorker,
  { type: 'started' | 'failed' | 'not-taken' | 'exited' }
>

export interface ProcessOwnerOptions {
  readonly launcherId: string
  readonly boot: string
  readonly setpriv: string
  readonly rolledOutputs: Outputs
  readonly table: ProcessTable
  /** Records of earlier launchers, whose processes have all ended. */
  readonly records: readonly ProcessRecord[]
  readonly graceMs: (key: ProcessKey) => number
  /** False without a lease: a leased process is not started then. */
  readonly isLeased: () => boolean
  readonly log: OwnLog
  readonly report: (report: ProcessReport) => void
}

interface Entry {
  record: ProcessRecord
  /** As the table on disk has it: what may be told to a worker. */
  recorded: HeldProcess
  session: EndingSession | undefined
  readonly leased: boolean
  /** Resolves when the process has ended and the table says so. */
  over: Promise<void>
}

/**
 * Starts, ends and remembers processes. Whatever it reports is in the table on disk by then. An order
 * that comes twice starts one process.
 */
export class ProcessOwner {
  readonly #options: ProcessOwnerOptions
  readonly #entries = new Map<string, Entry>()
  #nextSequence = 1
  #isEnding = false

  constructor(options: ProcessOwnerOptions) {
    this.#options = options
    for (const record of options.records) {
      this.#entries.set(formatProcessKey(record.held.key), {
        record,
        recorded: record.held,
        session: undefined,
        leased: false,
        over: Promise.resolve(),
      })
      this.#nextSequence = record.sequence + 1
    }
  }

  /** Everything that runs, and everything that has ended and was not forgotten. */
  get held(): readonly HeldProcess[] {
    return [...this.#entries.values()].map((entry) => entry.recorded)
  }

  /** True while a process runs or is being started. */
  get isBusy(): boolean {
    return [...this.#entries.values()].some((entry) => entry.record.held.state === 'running')
  }

  /** Starts a process; for one that is held already, reports again how it stands. */
  launch(order: LaunchOrder): void {
    const name = formatProcessKey(order.key)
    const known = this.#entries.get(name)
    if (known !== undefined) {
      this.#options.log.warn({ process: name }, 'ordered again; nothing started')
      this.#reportAgain(known)
      return
    }
    if (this.#isEnding) {
      const message = 'the launcher is ending'
      this.#options.report({ type: 'not-taken', key: order.key, message })
      return
    }
    if (order.leased && !this.#options.isLeased()) {
      const message = 'no master has leased it, or the lease has run out'
      this.#options.report({ type: 'not-taken', key: order.key, message })
      return
    }
    const entry = this.#newEntry(order)
    this.#entries.set(name, entry)
    entry.over = this.#run(entry, order)
  }

  /** Ends a process with escalation; for one that has ended, reports again how it stands. */
  kill(key: ProcessKey): void {
    const entry = this.#entries.get(formatProcessKey(key))
    if (entry === undefined) return
    if (entry.record.held.state !== 'running') return this.#reportAgain(entry)
    this.#change(entry, { killed: true })
    entry.session?.begin(this.#options.graceMs(key))
  }

  /** Ends leased processes; `message` says why. */
  endLeased(message: string): void {
    this.#end(({ leased }) => leased, message)
  }

  /** Drops what is known of a process that has ended: its end has been acknowledged. */
  async forget(key: ProcessKey): Promise<void> {
    const name = formatProcessKey(key)
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    if (entry.record.held.state === 'running') {
      this.#options.log.warn({ process: name }, 'runs, so it is not forgotten')
      return
    }
    this.#entries.delete(name)
    await this.#options.table.remove(entry.record.sequence)
  }

  /** Ends every process for good and resolves when none is left; `message` says why, in the table. */
  async endAll(message: string): Promise<void> {
    this.#isEnding = true
    this.#end(() => true, message)
    await Promise.all([...this.#entries.values()].map((entry) => entry.over))
    for (const entry of this.#entries.values()) entry.session?.kill()
    await this.#options.rolledOutputs.close()
  }

  // One that was ordered to end keeps that as its reason.
  #end(isMeant: (entry: Entry) => boolean, message: string): void {
    for (const entry of this.#entries.values()) {
      const { state, killed, key } = entry.record.held
      if (state !== 'running' || killed || !isMeant(entry)) continue
      this.#change(entry, { message })
      this.kill(key)
    }
  }

  /** Forgets everything that has ended. */
  async forgetAll(): Promise<void> {
    await Promise.all(this.held.map(({ key }) => this.forget(key)))
  }

  #newEntry(order: LaunchOrder): Entry {
    const { key, payload, workDir, scratchDirs } = order
    const held: HeldProcess = {
      ...{ ...pickResources(order), key, payload, workDir, scratchDirs },
      ...{ pid: null, state: 'running', exitCode: null, killed: false, message: null },
    }
    const { launcherId, boot } = this.#options
    const record = { sequence: this.#nextSequence++, launcherId, boot, startTicks: null, held }
    const leased = order.leased
    return { record, recorded: held, session: undefined, leased, over: Promise.resolve() }
  }

  async #run(entry: Entry, order: LaunchOrder): Promise<void> {
    const key = order.key
    let spawned: SpawnedProcess
    try {
      spawned = await this.#spawn(entry, order)
    } catch (error) {
      const message = (error as Error).message
      await this.#conclude(entry, { state: 'failed', message }, { type: 'failed', key, message })
      return
    }
    const recording = this.#recordStart(entry, spawned)
    const exitCode = await spawned.ended
    // At once and not when it is on disk: a kill that comes now comes too late to count.
    this.#change(entry, { state: 'exited', exitCode })
    const isClean = entry.session?.leaderExited(this.#options.graceMs(key)) ?? true
    if (!isClean) {
      this.#options.log.warn(
        { process: formatProcessKey(key) },
        'left processes behind; ending them',
      )
    }
    await Promise.all([recording, spawned.settleOutput()])
    await this.#exited(entry, exitCode)
  }

  async #spawn(entry: Entry, order: LaunchOrder): Promise<SpawnedProcess> {
    const { launcherId, setpriv, rolledOutputs, log } = this.#options
    const process = formatProcessKey(order.key)
    const onProblem = (problem: string) => log.warn({ process }, problem)
    const prepared = await prepareProcess(order, { launcherId, setpriv, rolledOutputs, onProblem })
    try {
      const spawned = await prepared.spawn()
      entry.session = new EndingSession(spawned.identity)
      return spawned
    } finally {
      await prepared.close()
    }
  }

  async #recordStart(entry: Entry, { identity }: SpawnedProcess): Promise<void> {
    const { pid, startTicks } = identity
    entry.record = { ...entry.record, startTicks }
    this.#change(entry, { pid })
    const { key, killed } = entry.record.held
    // Ordered while the directories were being made.
    if (killed) entry.session?.begin(this.#options.graceMs(key))
    this.#options.log.info({ process: formatProcessKey(key), child: pid }, 'started')
    try {
      await this.#save(entry)
      this.#options.report({ type: 'started', key, pid })
    } catch (error) {
      // Unrecorded, it would be nobody's after a crash.
      this.#change(entry, { message: `cannot be recorded: ${String(error)}` })
      this.#options.log.error(
        { process: formatProcessKey(key), error: String(error) },
        'ending unrecorded',
      )
      entry.session?.begin(0)
    }
  }

  async #exited(entry: Entry, exitCode: number): Promise<void> {
    const { key, killed, message } = entry.record.held
    const report: ProcessReport = { type: 'exited', key, exitCode, killed, message }
    await this.#conclude(entry, { state: 'exited', exitCode }, report)
  }

  // An end is reported even when it cannot be written down: the worker can still tell the master.
  async #conclude(entry: Entry, end: Partial<HeldProcess>, report: ProcessReport): Promise<void> {
    this.#change(entry, end)
    this.#options.log.info({ process: formatProcessKey(report.key), ...end }, 'ended')
    try {
      await this.#save(entry)
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'cannot record the end of a process')
      entry.recorded = entry.record.held
    }
    this.#options.report(report)
  }

  #reportAgain({ recorded: { key, state, pid, exitCode, killed, message } }: Entry): void {
    const { report } = this.#options
    if (state === 'exited')
      report({ type: 'exited', key, exitCode: exitCode ?? 0, killed, message })
    else if (state !== 'running') report({ type: 'failed', key, message: message ?? state })
    else if (pid !== null) report({ type: 'started', key, pid })
  }

  #change(entry: Entry, fields: Partial<HeldProcess>): void {
    entry.record = { ...entry.record, held: { ...entry.record.held, ...fields } }
  }

  async #save(entry: Entry): Promise<void> {
    const { held } = entry.record
    await this.#options.table.save(entry.record)
    entry.recorded = held
  }
}
