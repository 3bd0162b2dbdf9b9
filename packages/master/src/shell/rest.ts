// The REST submission server of a running master.
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import { bareHost, formatHostPort, urlHost } from '@hearth/common/domain/addresses.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { TokenChecker } from '@hearth/common/runtime/auth/tokens/token-checker.ts'
import type { Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { RestMaster } from '../doors/rest/actions.ts'
import { RestAccess } from '../doors/rest/access.ts'
import { createRestServer } from '../doors/rest/rest-server.ts'
import type { RestSettings } from '../rest-config.ts'

export interface RestOptions {
  readonly settings: RestSettings
  readonly log: Logger
  readonly auth: AuthSettings | null
  readonly tokens: TokenChecker | null
  /** Names of this daemon besides addresses and `localhost`. */
  readonly hosts: readonly string[]
  /** `restPort` is the one that was bound. */
  readonly master: (restPort: () => number) => RestMaster
}

export interface RunningRest extends Stoppable {
  /** `http://host:port` */
  readonly url: string
}

/** Resolves when the port is open. Rejects with a sentence when it cannot be. */
export async function startRest(options: RestOptions): Promise<RunningRest> {
  const { settings, log, auth, tokens } = options
  let { port } = settings
  const server = createRestServer({
    log,
    limits: settings.limits,
    access: new RestAccess({
      isOpen: settings.isOpen,
      // A name of this machine is nobody else's.
      hosts: [...options.hosts, bareHost(settings.host), os.hostname()],
      auth,
      tokens,
      jwsKey: settings.jwsKey,
    }),
    master: options.master(() => port),
  })
  try {
    await server.listen({ host: bareHost(settings.host), port })
  } catch (error) {
    await server.close()
    const where = formatHostPort({ host: urlHost(settings.host), port })
    throw new Error(
      `the REST server cannot listen on ${where}: ${(error as Error).message}; set spark.master.rest.port (0 for any) or spark.master.rest.enabled=false`,
      { cause: error },
    )
  }
  port = (server.server.address() as AddressInfo).port
  return {
    url: `http://${formatHostPort({ host: urlHost(settings.host), port })}`,
    stop: () => server.close(),
  }
}
