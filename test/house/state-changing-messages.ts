// Every message that somebody can send to a daemon of ours or get from it, read from the code: none of them may be
// missing in docs/delivery.md.
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { MasterToWorker, WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import { METHODS } from '@hearth/master/doors/rest/route.ts'
import { ROOT } from './planted-tree.ts'

const SPARK_MESSAGES = 'packages/common/src/protocol/spark-rpc/messages'

/** By protocol; each name as docs/delivery.md says it. */
export function messagesInCode(): Readonly<Record<string, readonly string[]>> {
  return {
    'cluster protocol': [WorkerToMaster, MasterToWorker].flatMap((union) =>
      union.anyOf.map((message) => message.properties.type.const),
    ),
    'Spark door': sparkMessages(),
    'REST door': Object.entries(METHODS)
      .filter(([, method]) => method !== 'GET')
      .map(([action, method]) => `${method} /v1/submissions/${action}`),
    'web UIs': ['master', 'worker'].flatMap((daemon) =>
      found(`packages/${daemon}/src/doors/ui`, ACTION_ROUTE).map(
        ([, method = '', route = '']) =>
          `${method.toUpperCase()} ${route.replaceAll(/:(\w+)/g, (_, name: string) => name.toUpperCase())}`,
      ),
    ),
    'launcher protocol': found('packages/worker/src/launcher/protocol/messages.ts', CASE).map(
      ([, name = '']) => name,
    ),
    'tokens file': found('packages/cli/src/commands/token.ts', TOKEN_COMMAND).map(
      ([, name]) => `hearth token ${name}`,
    ),
  }
}

const ACTION_ROUTE = /\.(post|put|patch|delete)(?:<[^(]*>)?\(\s*'(\/[^']*)'/g
const CASE = /case '([\w-]+)':/g
const TOKEN_COMMAND = /token\.command\('(\w+)'\)/g

// What the door compares with or makes, as far as it is the name of a message; each has a file of its own.
function sparkMessages(): string[] {
  const files = readdirSync(path.join(ROOT, SPARK_MESSAGES), { recursive: true, encoding: 'utf8' })
  const known = new Set(
    files.map((file) =>
      path
        .basename(file, '.ts')
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(''),
    ),
  )
  const named = found(
    'packages/master/src/doors/spark',
    /(?:case |[=!]== |\btype: )'([A-Z][A-Za-z]+)'/g,
  )
  return [...new Set(named.map(([, name = '']) => name))].filter((name) => known.has(name))
}

/** In a file, or in every file of a folder that is no test. */
function found(target: string, pattern: RegExp): RegExpExecArray[] {
  const files = target.endsWith('.ts')
    ? [target]
    : readdirSync(path.join(ROOT, target))
        .filter((name) => name.endsWith('.ts') && !name.includes('.test'))
        .map((name) => path.join(target, name))
  return files.flatMap((file) => [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(pattern)])
}
