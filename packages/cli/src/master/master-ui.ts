// Reads from the master's HTTP side, as curl or a script would.
import { type Command, Option } from 'commander'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND, EXIT_UNREACHABLE } from '../exit-codes.ts'
import type { Surroundings } from '../surroundings.ts'
import { recordOf } from './json-fields.ts'

const DEFAULT_MASTER_UI = 'http://127.0.0.1:8080'
export const MASTER_UI_VARIABLE = 'HEARTH_MASTER_UI'
const REQUEST_TIMEOUT_MS = 10_000

export interface MasterUiFlags {
  readonly masterUi?: string
  readonly json?: boolean
}

/** Adds what every command that asks the master takes: `--master-ui` and `--json`. */
export function addMasterUiFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--master-ui <url>',
        `the master's web UI (${MASTER_UI_VARIABLE}; default ${DEFAULT_MASTER_UI})`,
      ),
    )
    .option('--json', 'print JSON instead of a table')
}

/** The address of the master's web UI: flag, then HEARTH_MASTER_UI, then the default. */
export function masterUiUrl(flags: MasterUiFlags, { environment }: Surroundings): URL {
  return parseUrl(flags.masterUi ?? environment[MASTER_UI_VARIABLE] ?? DEFAULT_MASTER_UI)
}

/** The web UIs that the flag or HEARTH_MASTER_UI names, parted by commas; undefined when neither does. */
export function givenMasterUis(
  flags: Pick<MasterUiFlags, 'masterUi'>,
  { environment }: Surroundings,
): readonly URL[] | undefined {
  const text = flags.masterUi ?? environment[MASTER_UI_VARIABLE]
  return text === undefined ? undefined : text.split(',').map((one) => parseUrl(one.trim()))
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(
      `'${text}' is not the address of a web UI`,
      `give an http address, for example --master-ui ${DEFAULT_MASTER_UI}`,
    )
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly headers: Headers
}

export interface Request {
  readonly method?: 'GET' | 'POST'
  /** What proves the secret to the master (`actionToken`). */
  readonly token?: string | undefined
  /** Who is asked when it is not the master, for the message when nobody answers. */
  readonly peer?: string
  /** JSON to send. */
  readonly body?: string
  /** Ends the exchange early. */
  readonly signal?: AbortSignal
  /** 10 s when left out. */
  readonly timeoutMs?: number
}

/** One HTTP exchange; throws a {@link CommandFailure} when nobody answers in time. */
export async function request(url: URL, options: Request = {}): Promise<Answer> {
  const { method = 'GET', peer = 'the master', token, body } = options
  const { signal, timeoutMs = REQUEST_TIMEOUT_MS } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      redirect: 'error',
      ...(body !== undefined && { body }),
      headers: {
        // A page of another origin cannot send this header, so the master takes it as proof that the
        // request is not forged.
        ...(method === 'POST' && { 'x-hearth-request': '1' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json;charset=UTF-8' }),
      },
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
    const { status, headers } = response
    return { status, headers, body: Buffer.from(await response.arrayBuffer()) }
  } catch (error) {
    throw new CommandFailure(`cannot reach ${peer} at ${url.origin}: ${reason(error, timeoutMs)}`, {
      exitCode: EXIT_UNREACHABLE,
      ...(options.peer === undefined && {
        hint: `start one with 'hearth up', or name a running one with --master-ui or ${MASTER_UI_VARIABLE}`,
      }),
      cause: error,
    })
  }
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`
  // fetch hides what happened in the cause.
  const cause = error.cause
  if (cause instanceof AggregateError)
    return cause.errors.map((one) => reason(one, timeoutMs)).join('; ')
  return cause instanceof Error ? cause.message : error.message
}

const NEVER_CONNECTED = new Set([
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'],
  'UND_ERR_CONNECT_TIMEOUT',
])

/** True when the peer of a failed {@link request} cannot have got any of it: no connection was made. */
export function wasNeverSent({ cause }: CommandFailure): boolean {
  const below = cause instanceof Error ? cause.cause : undefined
  const errors: unknown[] = below instanceof AggregateError ? below.errors : [below]
  return errors.every((error) => {
    const { code, message } = recordOf(error)
    // Some ports are refused by fetch itself.
    return NEVER_CONNECTED.has(String(code)) || message === 'bad port'
  })
}

/** The JSON of an answer; throws a {@link CommandFailure} with what the peer says is wrong. */
export function jsonOf(url: URL, { status, body }: Answer): unknown {
  const text = body.toString('utf8')
  const json = tryJson(text)
  if (status >= 200 && status <= 299 && json !== undefined) return json
  const said = json === undefined ? undefined : recordOf(json)['error']
  if (status === 404 && typeof said === 'string') {
    throw new CommandFailure(said, { exitCode: EXIT_NOT_FOUND })
  }
  if ((status === 401 || status === 403) && typeof said === 'string') throw new CommandFailure(said)
  const firstLine = text.trim().split('\n')[0]?.slice(0, 200) ?? ''
  throw new CommandFailure(
    `${url.href} answered ${status}: ${typeof said === 'string' ? said : firstLine}`,
    { hint: 'is this the web UI of a Hearth master?' },
  )
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
