import type { Socket } from 'node:net'

// How long a text client may take to read its answer and to close.
const ANSWER_GRACE_MS = 2_000

/**
 * Tells an HTTP client (or whoever types text) that it has the wrong port, in one line, and closes. Its
 * input is read and dropped meanwhile: closing with unread input would reset the connection and could
 * take the answer with it.
 */
export function answerTextClient(socket: Socket, webUiUrl: string | undefined): void {
  const timer = setTimeout(() => socket.destroy(), ANSWER_GRACE_MS)
  socket.on('close', () => clearTimeout(timer))
  socket.resume()
  socket.end(answer(webUiUrl))
}

const WEB_UI = /; the web UI is at (https?:\/\/\S+)\s*$/

/** The web UI that an answer of {@link answerTextClient} names; undefined when it names none. */
export function webUiIn(text: string): string | undefined {
  return WEB_UI.exec(text)?.[1]
}

function answer(webUiUrl: string | undefined): string {
  const where = webUiUrl === undefined ? '' : `; the web UI is at ${webUiUrl}`
  const line = `This port speaks Spark's RPC, not HTTP${where}\n`
  return [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(line)}`,
    'Connection: close',
    '',
    line,
  ].join('\r\n')
}
