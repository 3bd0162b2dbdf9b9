import { drawInteger } from '@hearth/common/domain/random.ts'
import { parseJarUrl, showJarUrl, userJarPath } from '@hearth/worker/doors/spark/jar-source.ts'
import { FetchSession } from '@hearth/worker/shell/fetch/fetch-session.ts'
import { FtpControl } from '@hearth/worker/shell/fetch/ftp-control.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { demand } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const ADDRESSES = [
  ...['', '/opt/a%20b/app.jar', 'file:///opt/app.jar', 'local:/opt/app.jar', 'hdfs://nn/app.jar'],
  ...['http://ann:pw@h:8080/a/app.jar?x=1#y', 'https://[::1]/app.jar', 'ftp://h/pub/app.jar'],
  ...['http://h/..%2f..%2fetc', 'file://localhost/a/../b', 'http://h/%00', 'spark://h:1/x'],
].map((address) => Buffer.from(address))
const REPLIES = [
  ...['220-Welcome\r\n 220 here\r\n220 to all\r\n', '331 password?\r\n', '230 in\r\n'],
  ...['229 go (|||4321|)\r\n', '227 go (10,0,0,1,4,1)\r\n', '213 100\r\n', '226 done\r\n'],
].map((reply) => Buffer.from(reply))

const DIRECTORY = '/w/driver-1'

export const driverJars: FuzzTarget = {
  name: 'driver-jars',
  about: 'the address of a driver’s jar, and what an FTP server says',
  share: 1,
  open() {
    return (random, note) => {
      if (chance(random, 0.5)) {
        const address = mutateBytes(pick(random, ADDRESSES), random, ADDRESSES)
        note(address)
        return readAddress(Buffer.from(address).toString('utf8'))
      }
      const replies = Array.from({ length: 1 + drawInteger(random, 4) }, () =>
        pick(random, REPLIES),
      )
      const bytes = mutateBytes(join(...replies), random, REPLIES)
      note(bytes)
      return hearReplies(cut(random, bytes))
    }
  },
}

function readAddress(address: string): 'taken' | 'refused' {
  demand(showJarUrl(address).length <= 301, 'an address shown in full length')
  try {
    const source = parseJarUrl(address)
    const jar = userJarPath(source, DIRECTORY)
    if (source.kind === 'local' || source.kind === 'none') return 'taken'
    demand(jar.startsWith(`${DIRECTORY}/`), `a jar outside of its directory: ${jar}`)
    const name = jar.slice(DIRECTORY.length + 1)
    demand(name !== '' && !/^\.\.?$|\/|\0/.test(name), `a jar of an odd name: ${jar}`)
    return 'taken'
  } catch (error) {
    demand((error as Error).name === 'BadJarUrl', `refused with ${String(error)}`)
    return 'refused'
  }
}

async function hearReplies(chunks: readonly Uint8Array[]): Promise<'taken' | 'refused'> {
  const socket = new FakeSocket()
  const stop = new AbortController()
  const session = new FetchSession(
    { maxBytes: 1, timeoutMs: 60_000, idleMs: 60_000, deny: () => false },
    stop.signal,
  )
  try {
    const control = new FtpControl(socket.asSocket, session)
    for (const chunk of chunks) socket.say(chunk)
    await socket.vanish()
    for (let heard = 0; ; heard++) {
      const reply = await control.reply().catch(() => undefined)
      if (reply === undefined) return heard > 0 ? 'taken' : 'refused'
      demand(reply.code >= 0 && reply.code <= 999, `a code of ${reply.code}`)
    }
  } finally {
    session.end()
  }
}
