import { readFile, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import type { LauncherIdentity } from '../launcher-directory.ts'
import { isRunning, readBootId } from '../linux-processes.ts'
import { problemOfPrivateDirectory } from '../private-directory.ts'

/** True while the process that wrote launcher.json runs: same start of the machine, pid, start time. */
export function isLauncherRunning(identity: LauncherIdentity): boolean {
  return identity.boot === readBootId() && isRunning(identity)
}

/**
 * Checks that this very process listens on the launcher's socket, and that nobody else could have put
 * the socket there. Throws with what is wrong. The token is checked when it is spoken to.
 */
export async function verifySocket({ pid, socketPath }: LauncherIdentity): Promise<void> {
  const directory = path.dirname(socketPath)
  const problem = await problemOfPrivateDirectory(directory)
  if (problem !== undefined) throw new Error(`${directory} ${problem}`)
  const inode = await listeningInode(socketPath)
  if (inode === undefined) throw new Error(`nobody listens on ${socketPath}`)
  if (!(await hasSocket(pid, inode))) {
    throw new Error(`${socketPath} is not listened on by process ${pid}`)
  }
}

const LISTENING_FLAGS = '00010000'

// Columns of /proc/net/unix: address, reference count, protocol, flags, type, state, inode, path.
async function listeningInode(socketPath: string): Promise<string | undefined> {
  for (const line of (await readFile('/proc/net/unix', 'utf8')).split('\n')) {
    const [, , , flags, , , inode, ...rest] = line.trim().split(/ +/)
    if (flags === LISTENING_FLAGS && rest.join(' ') === socketPath) return inode
  }
  return undefined
}

// Node cannot ask a unix socket for its peer's pid; the open descriptors of the process tell the same.
async function hasSocket(pid: number, inode: string): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`)
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    if (target === `socket:[${inode}]`) return true
  }
  return false
}
