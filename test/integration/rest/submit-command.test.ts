// `hearth submit` and what goes with it, as shipped, against a running master that wants proof: of the secret, or a
// token. There is no worker, so drivers wait.
import { chmodSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CommandSite } from '../../support/hearth-command.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from '../../support/wait-until.ts'

const SECRET = 'correct horse battery'
const PORTS = ['--port', '0', '--webui-port', '0']
const APPLICATION = ['--class', 'com.example.Main', 'http://127.0.0.1:1/a.jar']

let site: CommandSite
let addresses: { readonly url: string; readonly webUiUrl: string; readonly restUrl: string }

beforeEach(() => {
  site = new CommandSite()
})

afterEach(() => site.dispose())

function outsideAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? hostname()
}

async function startMaster(environment: Record<string, string>): Promise<void> {
  const master = site.start(['master', '--host', outsideAddress(), ...PORTS], {
    HEARTH_SECRET: SECRET,
    ...environment,
  })
  const { url, webUiUrl, restUrl } = await master.message('ready')
  addresses = { url: String(url), webUiUrl: String(webUiUrl), restUrl: String(restUrl) }
}

function submit(environment: Record<string, string>, ...options: readonly string[]) {
  const where = ['--master', addresses.url, '--rest-url', addresses.restUrl]
  return site.run(['submit', ...where, ...options, ...APPLICATION], environment)
}

function ask(environment: Record<string, string>, ...args: readonly string[]) {
  return site.run(args, { HEARTH_MASTER_UI: addresses.webUiUrl, ...environment })
}

describe('with the secret', () => {
  beforeEach(() => startMaster({}))

  test('a driver is submitted, listed, explained and ended; it waits for a worker all the while', async () => {
    const own = { HEARTH_SECRET: SECRET, SPARK_USER: 'ada' }
    const { exitCode, stdout, stderr } = await submit(own, '--name', 'etl', '--driver-memory', '2g')
    expect([exitCode, stderr]).toEqual([0, ''])
    const id = stdout.trim()
    expect(id).toMatch(/^driver-\d{14}-\d{4}$/)

    expect((await ask({}, 'drivers')).stdout).toMatch(
      new RegExp(`^${id} +etl +SUBMITTED +- +1 +2 GiB +0 .* no worker is there$`, 'm'),
    )
    expect((await ask({}, 'why', id)).stdout).toMatch(/^driver-\S+ waits: .*\nSmallest change: /)
    expect((await ask({}, 'why')).stdout).toMatch(new RegExp(`1 +${id} +etl +SUBMITTED`))
    expect((await ask({}, 'status', id)).stdout).toMatch(/^user +ada$/m)
    const logs = await ask({}, 'logs', id)
    expect([logs.exitCode, logs.stderr]).toEqual([
      3,
      expect.stringContaining('no worker has had it'),
    ])

    const waiting = site.start(
      [
        'submit',
        '--wait',
        '--master',
        addresses.url,
        '--rest-url',
        addresses.restUrl,
        ...APPLICATION,
      ],
      own,
    )
    // It has to have seen that its driver waits before it can see the end of it.
    const [, second = ''] = await waitUntil(
      'the word that it waits',
      () => /^(driver-\S+) SUBMITTED: /m.exec(waiting.log()) ?? undefined,
      { timeoutMs: ANSWER_TIMEOUT_MS, describe: () => waiting.log() },
    )
    for (const driver of [id, second]) {
      const kill = await ask(own, 'kill', driver)
      expect([kill.exitCode, kill.stderr]).toEqual([0, ''])
    }
    expect(await waiting.exited).toBe(143)
    expect(waiting.log()).toMatch(new RegExp(`^${second} SUBMITTED: .*\n${second} KILLED`, 'm'))
    expect((await ask({}, 'drivers')).stdout).toContain('no drivers run or wait')
    expect((await ask(own, 'kill', id)).exitCode).toBe(3)
  })

  test.each([
    ['nothing', {}],
    ['another secret', { HEARTH_SECRET: 'wrong horse battery' }],
  ])('who shows %s is refused with what to set', async (_what, environment) => {
    const submitted = await submit(environment)
    expect([submitted.exitCode, submitted.stdout]).toEqual([1, ''])
    expect(submitted.stderr).toContain('show a token: HEARTH_TOKEN, or --token-file')
    const kill = await ask(environment, 'kill', 'driver-1')
    expect(kill.exitCode).toBe(1)
    expect(kill.stderr).toContain('HEARTH_SECRET')
  })
})

test('with tokens: a submitter may submit and kill, a viewer neither', async () => {
  const file = path.join(site.directory, 'tokens')
  const own = { SPARK_MASTER_OPTS: `-Dhearth.auth.tokensFile=${file}` }
  const tokenOf = async (role: string) =>
    (await site.run(['token', 'create', '--role', role], own)).stdout.trim()
  const [submitter, viewer] = [await tokenOf('submitter'), await tokenOf('viewer')]
  chmodSync(file, 0o600)
  await startMaster(own)

  const refused = await submit({ HEARTH_TOKEN: viewer })
  expect([refused.exitCode, refused.stdout]).toEqual([1, ''])
  const taken = await submit({ HEARTH_TOKEN: submitter })
  expect([taken.exitCode, taken.stderr]).toEqual([0, ''])
  const id = taken.stdout.trim()
  const kill = await ask({ HEARTH_TOKEN: viewer }, 'kill', id)
  expect([kill.exitCode, kill.stdout]).toEqual([1, ''])
  expect((await ask({ HEARTH_TOKEN: submitter }, 'kill', id)).exitCode).toBe(0)
})
