import { isRunning, sessionMembers, signalPid, signalProcess } from '../linux-processes.ts'
import type { ProcessIdentity } from '../linux-processes.ts'

/**
 * Ends everything in the session of one launched process: SIGTERM first, SIGKILL for whatever is left
 * after the grace. The session and not the process group is the unit: PySpark's worker daemon moves to
 * a group of its own, and nobody but a new session leaves the session.
 */
export class EndingSession {
  readonly #leader: ProcessIdentity
  #timer: NodeJS.Timeout | undefined
  #leaderHasExited = false

  constructor(leader: ProcessIdentity) {
    this.#leader = leader
  }

  /** Starts the escalation; later calls change nothing. */
  begin(graceMs: number): void {
    if (this.#timer !== undefined) return
    this.#terminate()
    this.#timer = setTimeout(() => this.kill(), graceMs)
  }

  /**
   * To be called when the leader has exited: what it leaves behind is ended too. True when nothing was
   * left, so that the escalation is over.
   */
  leaderExited(graceMs: number): boolean {
    this.#leaderHasExited = true
    if (sessionMembers(this.#leader).length === 0) {
      this.stop()
      return true
    }
    // A leader that was told to end has had its grace already, and so had its children.
    this.begin(graceMs)
    return false
  }

  /** SIGKILL to the whole session, now. */
  kill(): void {
    this.stop()
    if (!this.#leaderHasExited) signalPid(-this.#leader.pid, 'SIGKILL')
    // What a member forks while we look is caught by the next look; a fork bomb is not our business.
    for (let round = 0; round < 3; round++) {
      const members = sessionMembers(this.#leader)
      for (const member of members) signalProcess(member, 'SIGKILL')
      if (members.length === 0) return
    }
  }

  /** Forgets the escalation; nothing is signalled any more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #terminate(): void {
    if (isRunning(this.#leader)) signalPid(-this.#leader.pid, 'SIGTERM')
    else for (const member of sessionMembers(this.#leader)) signalProcess(member, 'SIGTERM')
  }
}
