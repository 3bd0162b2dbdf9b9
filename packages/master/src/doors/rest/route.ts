// A path of the REST protocol → what is asked for (RestSubmissionServer and its ErrorServlet, 4.x). Pure.
import { PROTOCOL_VERSION } from '@hearth/common/protocol/spark-rest/response.ts'

export type RestAction = 'create' | 'kill' | 'killall' | 'clear' | 'status' | 'readyz'

export type Route =
  | {
      readonly type: 'action'
      readonly action: RestAction
      /** The segment behind the action; undefined when there is none. What follows it counts for nothing. */
      readonly id: string | undefined
    }
  | {
      readonly type: 'bad-path'
      readonly message: string
      /** The path names a version of the protocol that there is not. */
      readonly isUnknownVersion: boolean
    }

/** The one method that each action takes; HEAD goes with GET. */
export const METHODS: Readonly<Record<RestAction, 'GET' | 'POST'>> = {
  create: 'POST',
  kill: 'POST',
  killall: 'POST',
  clear: 'POST',
  status: 'GET',
  readyz: 'GET',
}

const PREFIX = `/${PROTOCOL_VERSION}/submissions/`
const HINT = `Please submit requests through http://[host]:[port]/${PROTOCOL_VERSION}/submissions/...`

/** Where a request's target (path and query) leads. */
export function routeOf(target: string): Route {
  const path = decodePath(target.replace(/[?#].*$/s, ''))
  if (path === undefined) return badPath('Malformed path.')
  if (path.startsWith(PREFIX)) {
    const [name = '', id = ''] = path.slice(PREFIX.length).split('/', 2)
    if (isAction(name)) return { type: 'action', action: name, id: id === '' ? undefined : id }
  }
  return explain(path.split('/').filter((part) => part !== ''))
}

function explain([version, prefix]: readonly string[]): Route {
  if (version === undefined) return badPath('Missing protocol version.')
  // Spark says the same of a known version with something unknown behind it.
  if (version !== PROTOCOL_VERSION || (prefix !== undefined && prefix !== 'submissions')) {
    return { ...badPath(`Unknown protocol version '${version}'.`), isUnknownVersion: true }
  }
  if (prefix === undefined) return badPath('Missing the /submissions prefix.')
  return badPath(
    'Missing an action: please specify one of /create, /kill, /killall, /clear, /status, or /readyz.',
  )
}

function badPath(problem: string): Route & { type: 'bad-path' } {
  return { type: 'bad-path', message: `${problem} ${HINT}`, isUnknownVersion: false }
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function isAction(name: string): name is RestAction {
  return Object.hasOwn(METHODS, name)
}
