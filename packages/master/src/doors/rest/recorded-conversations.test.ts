// What Spark's own REST servers answered, request by request. Set aside: the date; serverSparkVersion; of an error
// that Spark explains with a stack trace, everything behind the exception's own message; how a connection goes on;
// of pages before 4.3 everything but status and headers. Where 3.5.9 answers otherwise than 4.x, ours is 4.x's.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RestRig, type RestAnswer } from './rest.test-support.ts'

const FIXTURES = path.join(import.meta.dirname, '../../../../../test/fixtures/spark')
const RELEASES = ['3.5.9', '4.0.1', '4.1.4', '4.3.0']

interface Pair {
  readonly name: string
  readonly request: { readonly method: string; readonly path: string; readonly body: string | null }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

/** What only 4.x knows or takes. The bodies that 3.5.9 lacks follow from it. */
const OTHERWISE_IN_3_5 = new Map([
  ['readyz', 'no such action before 4.0'],
  ['killall', 'no such action before 4.0'],
  ['clear', 'no such action before 4.0'],
  ['killall-get', 'no such action before 4.0'],
  ['readyz-post', 'no such action before 4.0'],
  ['status-after-clear', 'nothing was forgotten'],
  ['v1-bad-action', 'fewer actions are named'],
  ['v1-submissions', 'fewer actions are named'],
  ['create-without-appArgs', '4.x takes it'],
  ['create-without-environmentVariables', '4.x takes it'],
  ['create-no-appname', '4.x takes it'],
  ['create-malformed-json', 'its Jackson repeats the document'],
  ['create-empty', 'its Jackson repeats the document'],
])

function pairsOf(release: string): readonly Pair[] {
  const text = readFileSync(path.join(FIXTURES, release, 'rest/pairs.json'), 'utf8')
  return (JSON.parse(text) as { pairs: Pair[] }).pairs
}

/** A page's or response's text without what is set aside. */
function essence(text: string, isPage: boolean, release: string): string {
  if (isPage) return release === '4.3.0' ? text : ''
  return text
    .replace(/"serverSparkVersion" : "[^"]*"/, '"serverSparkVersion" : …')
    .replace(/(Malformed request: .*?)\\n\\t.*?(",?\n)/s, '$1$2')
}

function headersOf(headers: Readonly<Record<string, unknown>>) {
  return { type: headers['content-type'], cache: headers['cache-control'] }
}

let rig: RestRig

beforeEach(() => {
  rig = new RestRig()
})

afterEach(() => rig.close())

async function replay({ request, response }: Pair): Promise<RestAnswer> {
  const { status, body } = response
  const id = status === 200 ? /"submissionId" : "(driver-[^"]+)"/.exec(body)?.[1] : undefined
  if (request.path.endsWith('/create') && id !== undefined) rig.master.nextIds.push(id)
  const [, workerId] = /"workerId" : "([^"]+)"/.exec(body) ?? []
  const [, workerHostPort] = /"workerHostPort" : "([^"]+)"/.exec(body) ?? []
  if (id !== undefined && workerId !== undefined && workerHostPort !== undefined) {
    rig.master.set(id, { workerId, workerHostPort })
  }
  return rig.ask(request.method, request.path, request.body, { host: '127.0.0.1:17066' })
}

describe.each(RELEASES)('Spark %s', (release) => {
  test('every recorded request is answered as it was', async () => {
    const pairs = pairsOf(release)
    expect(pairs).toHaveLength(release === '3.5.9' ? 44 : 46)
    for (const pair of pairs) {
      const answer = await replay(pair)
      if (release === '3.5.9' && OTHERWISE_IN_3_5.has(pair.name)) continue
      const { status, headers, body } = pair.response
      const isPage = String(headers['content-type']).startsWith('text/html')
      const what = `${pair.name} of ${release}`
      expect(answer.status, what).toBe(status)
      if (pair.name !== 'create-put' || release === '4.3.0') {
        expect(headersOf(answer.headers), what).toEqual(headersOf(headers))
      }
      expect(essence(answer.text, isPage, release), what).toBe(essence(body, isPage, release))
    }
  })
})

test('3.5.9 answers otherwise in these conversations, and in no others', () => {
  const newer = new Map(pairsOf('4.3.0').map((pair) => [pair.name, pair.response]))
  const differing = pairsOf('3.5.9').filter(({ name, response }) => {
    const other = newer.get(name)
    return other !== undefined && comparable(other) !== comparable(response)
  })
  expect(differing.map(({ name }) => name).toSorted()).toEqual(
    [...OTHERWISE_IN_3_5.keys()].toSorted(),
  )
})

// Ids and the request's own text, which a response may repeat, differ between any two recordings.
function comparable({ status, headers, body }: Pair['response']): string {
  const isPage = String(headers['content-type']).startsWith('text/html')
  const text = essence(body, isPage, '3.5.9')
    .replace(/(driver|worker)-\d{14}(-\d{4})?/g, '$1')
    .replace(/(Action field not found in JSON:).*/s, '$1')
  return `${status} ${text}`
}
