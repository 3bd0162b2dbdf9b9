// The control connection of FTP (RFC 959): commands out, replies in.
import type { Socket } from 'node:net'
import { FetchError, type FetchSession } from './fetch-session.ts'

export interface FtpReply {
  readonly code: number
  readonly text: string
}

/** A reply of more is no reply: they are a few lines. */
const MAX_REPLY_LENGTH = 16 * 1024

export class FtpControl {
  readonly #socket: Socket
  readonly #session: FetchSession
  readonly #replies: FtpReply[] = []
  #text = ''
  #wake: () => void = () => {}
  #problem: Error | undefined

  constructor(socket: Socket, session: FetchSession) {
    this.#socket = socket
    this.#session = session
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#receive(text))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new FetchError('the server closed the connection')))
  }

  /** Sends a command and resolves with its reply, whatever that says. */
  async tell(command: string): Promise<FtpReply> {
    // A line break in it would be a second command.
    if (/[\r\n\0]/.test(command)) throw new FetchError('its path holds a line break')
    this.#socket.write(`${command}\r\n`, 'utf8')
    return await this.reply()
  }

  /** The same; throws for a code that is not expected. */
  async ask(command: string, ...expected: readonly number[]): Promise<FtpReply> {
    const reply = await this.tell(command)
    if (expected.includes(reply.code)) return reply
    throw unexpected(command.split(' ', 1)[0] ?? '', reply)
  }

  /** The next reply, final or not. */
  async reply(): Promise<FtpReply> {
    for (;;) {
      const reply = this.#replies.shift()
      if (reply !== undefined) return reply
      if (this.#problem !== undefined) throw this.#problem
      await this.#session.within(
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
      )
    }
  }

  #receive(text: string): void {
    this.#session.heard()
    this.#text += text
    if (this.#text.length > MAX_REPLY_LENGTH) {
      this.#fail(new FetchError('the server’s reply has no end'))
      this.#socket.destroy()
      return
    }
    // One line, or from `123-` to the line that begins with `123 `.
    const whole = /^(?:(\d{3}) ([^\n]*)\n|(\d{3})-([\s\S]*?)\n\3 [^\n]*\n)/
    for (let found = whole.exec(this.#text); found !== null; found = whole.exec(this.#text)) {
      this.#text = this.#text.slice(found[0].length)
      const code = Number(found[1] ?? found[3])
      this.#replies.push({ code, text: (found[2] ?? found[4] ?? '').trim() })
    }
    this.#wake()
  }

  #fail(error: Error): void {
    this.#problem ??= error
    this.#wake()
  }
}

/** What a server said where something else was to be said. */
export function unexpected(command: string, { code, text }: FtpReply): FetchError {
  const words = text.replace(/[^\x20-\x7E]/g, '?').slice(0, 200)
  return new FetchError(`the server answered ${code} ${words} to ${command}`)
}
