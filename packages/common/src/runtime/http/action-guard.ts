// Who may change something over HTTP. Reads are open; an action must be meant by whoever sends it.
import { isIP } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { bareHost } from '../../domain/addresses.ts'
import { actionToken } from '../auth/action-token.ts'
import type { AuthSettings } from '../auth/auth-settings.ts'
import { isSameProof } from '../auth/cluster-keys.ts'
import { WAYS_TO_SET_SECRET } from '../auth/secret.ts'

export interface ActionGuardOptions {
  /** With a secret, an action must show that it knows it. */
  readonly auth: AuthSettings | null
  /** Names of this daemon besides addresses and `localhost`. */
  readonly hosts: readonly string[]
}

/** A hook for the routes that change something: answers 401 or 403 with a sentence, or lets pass. */
export type ActionGuard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** A browser sends this only for a page of ours, or after a preflight that we refuse. */
const ACTION_HEADER = 'x-hearth-request'

/**
 * Lets a request pass that comes from no web page of others (`Origin`, and a header that pages cannot
 * send), that was not led here by a name which somebody else controls (`Host`), and that shows the token
 * of the secret when there is one.
 */
export function createActionGuard({ auth, hosts }: ActionGuardOptions): ActionGuard {
  const names = new Set(['localhost', ...hosts.map((host) => bareHost(host).toLowerCase())])
  const token = auth === null ? undefined : actionToken(auth.secret)
  return async (request, reply) => {
    const problem = strangeness(request, names)
    if (problem !== undefined) {
      await reply.code(403).send({ error: problem })
    } else if (token !== undefined && !shows(request, token)) {
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({
          error: `this action needs the secret of the cluster: where the command runs, set ${WAYS_TO_SET_SECRET}`,
        })
    }
  }
}

function strangeness({ headers }: FastifyRequest, names: ReadonlySet<string>): string | undefined {
  const { host = '', origin } = headers
  const name = hostName(host)
  if (name === undefined || (isIP(name) === 0 && !names.has(name))) {
    return `'${host}' is not a name of this daemon: use its address, or set SPARK_PUBLIC_DNS to the name`
  }
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return `actions do not come from pages of ${origin}`
  }
  if (headers[ACTION_HEADER] !== undefined) return undefined
  return `actions need the header ${ACTION_HEADER}: 1, which the hearth command sends`
}

// `name`, `name:port`, `[v6]` or `[v6]:port`.
function hostName(host: string): string | undefined {
  const [, name] = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(host) ?? []
  return name === undefined ? undefined : bareHost(name).toLowerCase()
}

function shows({ headers }: FastifyRequest, token: string): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  return shown !== undefined && isSameProof(shown, token)
}
