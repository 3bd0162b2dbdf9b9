// Who may do what through the REST door.
import type { IncomingHttpHeaders } from 'node:http'
import { actionToken } from '@hearth/common/runtime/auth/action-token.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { isSameProof } from '@hearth/common/runtime/auth/cluster-keys.ts'
import { isSignedJwt } from '@hearth/common/runtime/auth/jws.ts'
import { hasRole, type Role } from '@hearth/common/runtime/auth/tokens/role.ts'
import type { TokenChecker } from '@hearth/common/runtime/auth/tokens/token-checker.ts'
import { parseToken } from '@hearth/common/runtime/auth/tokens/token-text.ts'
import {
  bearerOf,
  daemonNames,
  foreignHost,
  foreignPage,
} from '@hearth/common/runtime/http/request-origin.ts'
import type { RestAction } from './route.ts'

export interface RestAccessOptions {
  /** Nothing needs to be shown: whoever reaches the port may do everything. */
  readonly isOpen: boolean
  /** Names of this daemon besides addresses and `localhost`. */
  readonly hosts: readonly string[]
  /** Whoever shows the token of the secret may do everything. */
  readonly auth: AuthSettings | null
  readonly tokens: TokenChecker | null
  /** Key of Spark's JWSFilter; null when it is not asked for. */
  readonly jwsKey: Uint8Array | null
}

export interface AccessRefusal {
  readonly status: 401 | 403 | 503
  readonly message: string
  /** Spark's filter answers with a page of its HTTP server, everything else with an ErrorResponse. */
  readonly form: 'response' | 'page'
}

const NEEDED: Readonly<Record<RestAction, Role>> = {
  status: 'viewer',
  readyz: 'viewer',
  create: 'submitter',
  kill: 'submitter',
  killall: 'operator',
  clear: 'operator',
}
const WAYS_IN =
  'make one with `hearth token create --role submitter` where the master has its hearth.auth.tokensFile, and send it as Authorization: Bearer TOKEN'

export class RestAccess {
  readonly #options: RestAccessOptions
  readonly #names: ReadonlySet<string>
  readonly #ofSecret: string | undefined

  constructor(options: RestAccessOptions) {
    this.#options = options
    this.#names = daemonNames(options.hosts)
    this.#ofSecret = options.auth === null ? undefined : actionToken(options.auth.secret)
  }

  /** Spark's filter is on; it marks every answer as not to be kept. */
  get isFiltered(): boolean {
    return this.#options.jwsKey !== null
  }

  /** Why this request is refused; undefined when it may be made. */
  async refuse(
    headers: IncomingHttpHeaders,
    action: RestAction,
  ): Promise<AccessRefusal | undefined> {
    const page = foreignPage(headers)
    if (page !== undefined) return refusal(403, page)
    const { jwsKey, tokens, isOpen } = this.#options
    const shown = bearerOf(headers)
    if (shown !== undefined && this.#isOfSecret(shown)) return undefined
    if (shown !== undefined && tokens !== null && parseToken(shown) !== undefined) {
      return judgeToken(tokens, shown, action)
    }
    if (jwsKey !== null) return judgeJws(headers.authorization, shown, jwsKey)
    if (!isOpen) {
      return refusal(
        401,
        shown === undefined
          ? `This master takes requests with a token only: ${WAYS_IN}`
          : `What was sent as a token is none of this master: ${WAYS_IN}`,
      )
    }
    // Whoever shows nothing may be a browser that was led here.
    const host = foreignHost(headers, this.#names)
    return host === undefined ? undefined : refusal(403, host)
  }

  #isOfSecret(shown: string): boolean {
    return this.#ofSecret !== undefined && isSameProof(shown, this.#ofSecret)
  }
}

async function judgeToken(tokens: TokenChecker, shown: string, action: RestAction) {
  const verdict = await tokens.check(shown)
  switch (verdict.type) {
    case 'busy':
      return refusal(503, 'Too many tokens are being checked: try again.')
    case 'refused':
      return refusal(401, `Refused, ${verdict.reason}: ${WAYS_IN}`)
    case 'known': {
      const needed = NEEDED[action]
      if (hasRole(verdict.role, needed)) return undefined
      const { id, role } = verdict
      return refusal(403, `Token ${id} has the role ${role}; /${action} takes the role ${needed}.`)
    }
  }
}

// The texts are those of org.apache.spark.ui.JWSFilter (4.x).
async function judgeJws(header: string | undefined, shown: string | undefined, key: Uint8Array) {
  if (header === undefined) return refusal(403, 'Authorization header is missing.', 'page')
  if (shown === undefined) return refusal(403, 'Malformed Authorization header.', 'page')
  if (await isSignedJwt(shown, key)) return undefined
  return refusal(403, 'JWT Validate Fail', 'page')
}

function refusal(
  status: AccessRefusal['status'],
  message: string,
  form: AccessRefusal['form'] = 'response',
): AccessRefusal {
  return { status, message, form }
}
