// Processes as /proc shows them. A process is named by pid and start time together: a pid alone may
// have been given to somebody else.
import fs from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks between the machine's start and the process's: field 22 of /proc/PID/stat. */
  readonly startTicks: number
}

interface ProcessStat extends ProcessIdentity {
  readonly isZombie: boolean
  readonly session: number
}

/** Differs after every start of the machine, so that old pids and start times mean nothing. */
export function readBootId(): string {
  return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Seconds since the machine started, those in suspend included (CLOCK_BOOTTIME). */
export function readUptimeSeconds(): number {
  return Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0])
}

/** The identity of a process that has not ended; undefined when there is none with this pid. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid)
  if (stat === undefined || stat.isZombie) return undefined
  return { pid, startTicks: stat.startTicks }
}

/** When the process started, also of a zombie; undefined when there is none with this pid. */
export function readStartTicks(pid: number): number | undefined {
  return readStat(pid)?.startTicks
}

/** True while the process runs. A zombie has ended: it may wait long for a parent that reaps it. */
export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  return identifyProcess(pid)?.startTicks === startTicks
}

/**
 * The running processes of the session that `leader` started, without the leader itself. Empty when the
 * leader's pid belongs to another process by now: then its session is gone.
 */
export function sessionMembers(leader: ProcessIdentity): ProcessIdentity[] {
  const members: ProcessIdentity[] = []
  for (const pid of allPids()) {
    const stat = readStat(pid)
    if (stat === undefined || stat.session !== leader.pid) continue
    if (pid === leader.pid && stat.startTicks !== leader.startTicks) return []
    if (pid !== leader.pid && !stat.isZombie) members.push({ pid, startTicks: stat.startTicks })
  }
  return members
}

/** Our own running processes that were started with `name=value` in their environment. */
export function processesWithVariable(name: string, value: string): ProcessIdentity[] {
  const found: ProcessIdentity[] = []
  for (const pid of allPids()) {
    if (!readEnvironment(pid).includes(`${name}=${value}`)) continue
    const identity = identifyProcess(pid)
    if (identity !== undefined) found.push(identity)
  }
  return found
}

/** Sends a signal to exactly this process; false when it has ended. Other refusals throw. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isRunning(identity) && signalPid(identity.pid, signal)
}

/** Signals a pid, or a process group given as its negative; false when nothing is there. */
export function signalPid(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

function allPids(): number[] {
  return fs.readdirSync('/proc').filter(isNumber).map(Number)
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name)
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readProcFile(pid, 'stat')
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, , , session] = fields
  const startTicks = fields[19]
  if (state === undefined || session === undefined || startTicks === undefined) return undefined
  return {
    pid,
    startTicks: Number(startTicks),
    isZombie: state === 'Z' || state === 'X',
    session: Number(session),
  }
}

function readEnvironment(pid: number): readonly string[] {
  return readProcFile(pid, 'environ').split('\0')
}

// Empty when the process has ended, or is not ours to look at.
function readProcFile(pid: number, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
