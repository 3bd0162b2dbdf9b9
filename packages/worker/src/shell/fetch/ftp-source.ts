// A file by FTP, passive and binary (RFC 959, RFC 2428): what Spark fetches with Java's own client.
import net, { type Socket } from 'node:net'
import { FetchError, type FetchSession, type OpenedSource } from './fetch-session.ts'
import { FtpControl, unexpected } from './ftp-control.ts'
import { checkLiteral, explainConnection, guardedLookup, guardSocket } from './guarded-connect.ts'

const FTP_PORT = 21
const ANONYMOUS = { user: 'anonymous', password: 'hearth@' }

/** Opens the file of an ftp address; its path counts from where the login leads. Throws FetchError. */
export async function openFtp(url: URL, session: FetchSession): Promise<OpenedSource> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const file = decodeURIComponent(url.pathname).replace(/^\/+/, '')
  const socket = await connect(host, Number(url.port) || FTP_PORT, session)
  try {
    const control = new FtpControl(socket, session)
    await logIn(control, url)
    await control.ask('TYPE I', 200)
    const length = await sizeOf(control, file)
    const data = await openData(control, socket, session)
    try {
      await control.ask(`RETR ${file}`, 125, 150)
    } catch (error) {
      data.destroy()
      throw error
    }
    return {
      bytes: data as AsyncIterable<Uint8Array>,
      length,
      finish: async () => {
        const reply = await control.reply()
        if (reply.code !== 226 && reply.code !== 250) throw unexpected('RETR', reply)
      },
      close: () => {
        data.destroy()
        socket.destroy()
      },
    }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function logIn(control: FtpControl, url: URL): Promise<void> {
  const greeting = await control.reply()
  if (greeting.code !== 220) throw unexpected('the connection', greeting)
  const { user, password } =
    url.username === ''
      ? ANONYMOUS
      : {
          user: decodeURIComponent(url.username),
          password: decodeURIComponent(url.password),
        }
  const { code } = await control.ask(`USER ${user}`, 230, 331)
  if (code === 331) await control.ask(`PASS ${password}`, 230, 202)
}

// Not every server can tell.
async function sizeOf(control: FtpControl, file: string): Promise<number | null> {
  const { code, text } = await control.tell(`SIZE ${file}`)
  return code === 213 && /^\d{1,15}$/.test(text) ? Number(text) : null
}

// The server says the port and nothing more: an address that it names could be anybody's.
async function openData(
  control: FtpControl,
  { remoteAddress = '' }: Socket,
  session: FetchSession,
): Promise<Socket> {
  const { code, text } = await control.tell('EPSV')
  if (code === 229) {
    const port = /\(\|\|\|(\d{1,5})\|\)/.exec(text)?.[1]
    if (port !== undefined) return await connect(remoteAddress, Number(port), session)
  }
  const passive = await control.ask('PASV', 227)
  const found = /\d+,\d+,\d+,\d+,(\d{1,3}),(\d{1,3})/.exec(passive.text)
  if (found === null) throw unexpected('PASV', passive)
  return await connect(remoteAddress, Number(found[1]) * 256 + Number(found[2]), session)
}

async function connect(host: string, port: number, session: FetchSession): Promise<Socket> {
  const { deny } = session.limits
  checkLiteral(host, deny)
  if (port < 1 || port > 65_535) throw new FetchError(`the server named port ${port}`)
  const socket = net.connect({ host, port, lookup: guardedLookup(deny) })
  guardSocket(socket, host, deny)
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(explainConnection(error, host, port)))
  })
  try {
    await session.within(connected)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}
