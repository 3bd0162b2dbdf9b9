// Installs what the tests need from Debian's packages, when this process may.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { say } from './say.ts'

/** apt waits this long for another apt that holds the lock. */
const LOCK_SECONDS = 300

/**
 * Installs the first of the packages that exists here. Throws an error that says what to install by
 * hand when this is not a Debian, the process is not root, or no package could be installed.
 */
export async function installDebianPackage(
  packages: readonly string[],
  wantedFor: string,
): Promise<void> {
  const byHand = `install ${packages.join(' or ')} (needed for ${wantedFor})`
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`this is not a Debian: ${byHand}`)
  if (process.getuid?.() !== 0) throw new Error(`not root: ${byHand} with apt-get`)
  say(`${wantedFor}: installing from Debian's packages`)
  await aptGet(['update', '--quiet'])
  const failures: string[] = []
  for (const name of packages) {
    try {
      await aptGet(['install', '--yes', '--quiet', '--no-install-recommends', name])
      say(`${wantedFor}: installed ${name}`)
      return
    } catch (error) {
      failures.push(String(error))
    }
  }
  throw new Error(`${byHand}; apt-get could not:\n${failures.join('\n')}`)
}

async function aptGet(args: readonly string[]): Promise<void> {
  const options = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`]
  const child = spawn('apt-get', [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} ended with ${code}: ${said.trim()}`)
}
