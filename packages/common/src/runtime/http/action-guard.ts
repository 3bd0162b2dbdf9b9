// Who may change something over HTTP. Reads are open; an action must be meant by whoever sends it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actionToken } from '../auth/action-token.ts'
import type { AuthSettings } from '../auth/auth-settings.ts'
import { isSameProof } from '../auth/cluster-keys.ts'
import { WAYS_TO_SET_SECRET } from '../auth/secret.ts'
import { hasRole, type Role } from '../auth/tokens/role.ts'
import type { TokenChecker } from '../auth/tokens/token-checker.ts'
import { parseToken } from '../auth/tokens/token-text.ts'
import { bearerOf, daemonNames, foreignHost, foreignPage } from './request-origin.ts'

export interface ActionGuardOptions {
  /** With a secret, an action must show that it knows it, or a token. */
  readonly auth: AuthSettings | null
  /** Names of this daemon besides addresses and `localhost`. */
  readonly hosts: readonly string[]
  /** Tokens of people and programs; null or left out when there are none. */
  readonly tokens?: TokenChecker | null
  /** What a token must be good for; `operator` when left out. */
  readonly role?: Role
}

/** A hook for the routes that change something: answers 401, 403 or 503 with a sentence, or lets pass. */
export type ActionGuard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

interface Refusal {
  readonly status: 401 | 403 | 503
  readonly error: string
}

/** A browser sends this only for a page of ours, or after a preflight that we refuse. */
const ACTION_HEADER = 'x-hearth-request'

/**
 * Lets a request pass that comes from no web page of others (`Origin`, and a header that pages cannot
 * send), that was not led here by a name which somebody else controls (`Host`), and that shows the token
 * of the secret when there is one, or one of its own of the role that it takes. A token that is shown is judged, needed or not.
 */
export function createActionGuard({
  auth,
  hosts,
  tokens = null,
  role = 'operator',
}: ActionGuardOptions): ActionGuard {
  const names = daemonNames(hosts)
  const proofs: Proofs = {
    ofSecret: auth === null ? undefined : actionToken(auth.secret),
    ...{ tokens, role },
  }
  return async (request, reply) => {
    const refusal = strangeness(request, names) ?? (await unproven(request, proofs))
    if (refusal === undefined) return
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
    if (refusal.status === 503) reply.header('retry-after', '1')
    await reply.code(refusal.status).send({ error: refusal.error })
  }
}

function strangeness({ headers }: FastifyRequest, names: ReadonlySet<string>): Refusal | undefined {
  const missing =
    headers[ACTION_HEADER] === undefined
      ? `actions need the header ${ACTION_HEADER}: 1, which the hearth command sends`
      : undefined
  const error = foreignHost(headers, names) ?? foreignPage(headers) ?? missing
  return error === undefined ? undefined : { status: 403, error }
}

interface Proofs {
  readonly ofSecret: string | undefined
  readonly tokens: TokenChecker | null
  readonly role: Role
}

async function unproven(
  { headers }: FastifyRequest,
  { ofSecret, tokens, role }: Proofs,
): Promise<Refusal | undefined> {
  const shown = bearerOf(headers)
  if (shown !== undefined && ofSecret !== undefined && isSameProof(shown, ofSecret))
    return undefined
  if (tokens !== null && shown !== undefined && parseToken(shown) !== undefined) {
    return judge(tokens, role, shown)
  }
  if (ofSecret === undefined) return undefined
  const orToken = tokens === null ? '' : ', or show a token (HEARTH_TOKEN)'
  const error = `this action needs the secret of the cluster: where the command runs, set ${WAYS_TO_SET_SECRET}${orToken}`
  return { status: 401, error }
}

async function judge(
  tokens: TokenChecker,
  needed: Role,
  shown: string,
): Promise<Refusal | undefined> {
  const verdict = await tokens.check(shown)
  if (verdict.type === 'busy') {
    return { status: 503, error: 'too many tokens are being checked: try again' }
  }
  if (verdict.type === 'refused') {
    return { status: 401, error: `${verdict.reason}: \`hearth token create\` makes another` }
  }
  if (hasRole(verdict.role, needed)) return undefined
  const { id, role } = verdict
  return {
    status: 403,
    error: `token ${id} is that of a ${role}; this takes a token of the role ${needed}`,
  }
}
