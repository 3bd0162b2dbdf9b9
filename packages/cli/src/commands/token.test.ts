import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../program.ts'

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-token-'))
  file = path.join(dir, 'tokens.json')
})

afterEach(() => rm(dir, { recursive: true }))

async function token(...args: readonly string[]) {
  let out = ''
  let err = ''
  const code = await run(['token', ...args], {
    environment: { SPARK_CONF_DIR: dir },
    program: '',
    out: (text) => (out += text),
    err: (text) => (err += text),
    interactive: false,
  })
  return { code, out, err }
}

const inFile = () => ['--tokens-file', file]

test('a token is printed once, alone on standard output, and kept as a hash', async () => {
  const { code, out, err } = await token(
    'create',
    '--role',
    'viewer',
    '--name',
    'wall',
    ...inFile(),
  )
  expect(code).toBe(0)
  expect(out).toMatch(/^hearth_[0-9a-f]{12}_[\w-]{43}\n$/)
  expect(err).toMatch(
    /^token [0-9a-f]{12} for a viewer, until it is revoked; it is not shown again\n$/,
  )
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const kept = await readFile(file, 'utf8')
  expect(kept).not.toContain(out.trim().split('_')[2])
  const { out: listed } = await token('list', ...inFile())
  expect(listed).toMatch(
    /^TOKEN +NAME +ROLE +STATE +CREATED +EXPIRES\n\w{12} +wall +viewer +valid +\S+ +never\n$/,
  )
})

test('tokens that are made at once are all kept', async () => {
  const made = await Promise.all(
    Array.from({ length: 5 }, () => token('create', '--role', 'submitter', ...inFile())),
  )
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
  const { out } = await token('list', '--json', ...inFile())
  expect(JSON.parse(out)).toHaveLength(5)
})

test('a revoked and an expired one stay in the list, and are called so', async () => {
  const { out } = await token('create', '--role', 'operator', '--json', ...inFile())
  const { id, token: text } = JSON.parse(out) as { id: string; token: string }
  expect(text).toContain(id)
  expect((await token('revoke', id, ...inFile())).out).toBe(`revoked ${id}\n`)
  await token('create', '--role', 'viewer', '--expires', '1ms', ...inFile())
  const { out: listed } = await token('list', '--json', ...inFile())
  const states = (JSON.parse(listed) as { state: string }[]).map(({ state }) => state)
  expect(states).toEqual(['revoked', 'expired'])
})

test('the file is the one that the configuration names', async () => {
  await writeFile(path.join(dir, 'spark-defaults.conf'), `hearth.auth.tokensFile ${file}\n`)
  expect((await token('create', '--role', 'viewer')).code).toBe(0)
  expect((await stat(file)).isFile()).toBe(true)
})

test.each([
  [['create', '--role', 'king'], "--role: 'king' is none of viewer, submitter, operator"],
  [['create', '--role', 'viewer', '--expires', 'soon'], "'soon' is not a time such as 12h or 30d"],
  [['create', '--role', 'viewer', '--expires', '0d'], "'0d' is not a time such as 12h or 30d"],
  [['create', '--role', 'viewer', '--expires', '99999999d'], 'is not a time such as'],
  [['create', '--role', 'viewer', '--name', 'x'.repeat(129)], 'longer than 128 characters'],
  [['create'], "required option '--role <role>' not specified"],
  [['revoke', '../x'], "'../x' cannot be the id of a token"],
])('%j is refused', async (args, sentence) => {
  const { code, err } = await token(...args, ...inFile())
  expect(code).toBe(2)
  expect(err).toContain(sentence)
})

test('what is missing or cannot be used is said', async () => {
  const nowhere = await token('list')
  expect([nowhere.code, nowhere.err]).toEqual([
    2,
    expect.stringContaining('hearth.auth.tokensFile'),
  ])
  expect((await token('revoke', '000000000000', ...inFile())).code).toBe(3)
  await token('create', '--role', 'viewer', ...inFile())
  await chmod(file, 0o644)
  const open = await token('list', ...inFile())
  expect([open.code, open.err]).toEqual([2, expect.stringContaining(`chmod 600 ${file}`)])
})
