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
  const inodes = await listeningInodes(socketPath)
  if (inodes.length === 0) throw new Error(`nobody listens on ${socketPath}`)
  const own = await socketsOf(pid)
  // All of them: a socket whose file was replaced by another's is still listed under the path.
  if (inodes.some((inode) => !own.has(inode))) {
    throw new Error(`${socketPath} is not listened on by process ${pid} alone`)
  }
}

// Columns of /proc/net/unix: address, reference count, protocol, flags, type, state, inode, path. The
// flags are those of a socket that listens.
const LISTENING = /^\S+ \S+ \S+ 00010000 \S+ \S+ +(\d+) (.*)$/

async function listeningInodes(socketPath: string): Promise<string[]> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n')
  return lines.flatMap((line) => {
    const [, inode = '', listeningPath] = LISTENING.exec(line) ?? []
    return listeningPath === socketPath ? [inode] : []
  })
}

// Node cannot ask a unix socket for its peer's pid; the open descriptors of the process tell the same.
async function socketsOf(pid: number): Promise<ReadonlySet<string>> {
  const inodes = new Set<string>()
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? []
    if (inode !== undefined) inodes.add(inode)
  }
  return inodes
}
