// Where the masters of `--master` take submissions, and where their web UIs are.
import { type HostPort, formatHostPort, parseMasterUrl } from '@hearth/common/domain/addresses.ts'
import { DEFAULT_REST_PORT } from '@hearth/master/config.ts'
import { webUiIn } from '@hearth/common/runtime/rpc/text-client.ts'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { portFrom } from '../daemon/flags.ts'
import { request } from '../master/master-ui.ts'

export const DEFAULT_MASTER_URL = 'spark://127.0.0.1:7077'
const DEFAULT_WEB_UI_PORT = 8080
const ASK_TIMEOUT_MS = 3000

export interface RestFlags {
  readonly restPort?: string
  readonly restUrl?: string
}

/** The masters of a URL; throws a usage failure when it names none. */
export function mastersOf(masterUrl: string): readonly HostPort[] {
  const masters = parseMasterUrl(masterUrl)
  if (typeof masters !== 'string') return masters
  throw usageFailure(masters, `name the masters, for example --master ${DEFAULT_MASTER_URL}`)
}

/** Where submissions go: `--rest-url`, else the REST port of every master. */
export function restUrls(masters: readonly HostPort[], flags: RestFlags): readonly URL[] {
  if (flags.restUrl !== undefined) return flags.restUrl.split(',').map(parseRestUrl)
  const port = portFrom([{ name: '--rest-port', text: flags.restPort }], DEFAULT_REST_PORT)
  return masters.map(({ host }) => new URL(`http://${host}:${port}/`))
}

function parseRestUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(
      `--rest-url: '${text}' is not the address of a REST port`,
      `for example http://127.0.0.1:${DEFAULT_REST_PORT}`,
    )
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/**
 * The web UI of a master. Its RPC port tells whoever speaks HTTP to it; a port that says nothing of the kind leaves
 * the usual port of the same host.
 */
export async function findWebUi(master: HostPort, signal: AbortSignal): Promise<URL> {
  const usual = new URL(`http://${master.host}:${DEFAULT_WEB_UI_PORT}/`)
  try {
    const port = new URL(`http://${formatHostPort(master)}/`)
    const { body } = await request(port, { signal, timeoutMs: ASK_TIMEOUT_MS })
    const webUi = webUiIn(body.toString('utf8'))
    return webUi !== undefined && URL.canParse(webUi) ? new URL(webUi) : usual
  } catch (error) {
    if (error instanceof CommandFailure) return usual
    throw error
  }
}
