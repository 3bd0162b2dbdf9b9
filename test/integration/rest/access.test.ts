// Who may submit over REST: the shipped program, its tokens, and a running master that learns of them.
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { startMaster, type MasterOptions, type RunningMaster } from '@hearth/master/main.ts'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { captureLog } from '../../support/captured-log.ts'
import { CommandSite } from '../../support/hearth-command.ts'
import { askRest, submissionOf } from '../../support/rest-client.ts'

const EVERYWHERE = { 'spark.master.rest.host': '0.0.0.0' }

let site: CommandSite
let file: string
let master: RunningMaster | undefined
let warnings: () => string[]

beforeEach(() => {
  site = new CommandSite()
  file = path.join(site.directory, 'tokens.json')
})

afterEach(async () => {
  await master?.stop()
  master = undefined
  site.dispose()
})

async function start(
  properties: Record<string, string>,
  options: Partial<MasterOptions> = {},
): Promise<string> {
  const { log, records } = captureLog()
  warnings = () => records.filter(({ level }) => level === 'warn').map(({ msg }) => msg)
  master = await startMaster({
    ...{ host: '127.0.0.1', port: 0, webUiPort: 0, log },
    properties: new Map(Object.entries(properties)),
    ...options,
  })
  return (master.restUrl ?? '').replace('0.0.0.0', '127.0.0.1')
}

function token(...args: readonly string[]) {
  return site.run(['token', ...args], { SPARK_MASTER_OPTS: `-Dhearth.auth.tokensFile=${file}` })
}

async function createToken(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await token('create', ...args)
  expect(exitCode, stderr).toBe(0)
  return stdout.trim()
}

test('beyond loopback a token is asked for; one that is made counts at once, one that is revoked no more', async () => {
  const url = await start({ ...EVERYWHERE, 'hearth.auth.tokensFile': file })
  expect(warnings()).toEqual([])
  const body = submissionOf()
  const bare = await askRest(url, 'POST', 'create', { body })
  expect([bare.status, bare.fields['action']]).toEqual([401, 'ErrorResponse'])
  expect(bare.fields['message']).toContain('hearth token create --role submitter')

  const submitter = await createToken('--role', 'submitter', '--name', 'ci', '--expires', '30d')
  expect(submitter).toMatch(/^hearth_[0-9a-f]{12}_[\w-]{43}$/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).not.toContain(submitter.slice(-43))
  const created = await askRest(url, 'POST', 'create', { body, token: submitter })
  expect(created.status).toBe(200)
  const id = String(created.fields['submissionId'])

  const viewer = await createToken('--role', 'viewer')
  expect((await askRest(url, 'GET', `status/${id}`, { token: viewer })).status).toBe(200)
  const kill = await askRest(url, 'POST', `kill/${id}`, { token: viewer })
  expect(kill.status).toBe(403)
  expect((await askRest(url, 'POST', 'killall', { token: submitter })).status).toBe(403)

  const listed = await token('list')
  expect(listed.stdout).toContain('ci')
  expect(listed.stdout).not.toContain(submitter)
  const [, tokenId = ''] = /^hearth_([0-9a-f]+)_/.exec(submitter) ?? []
  expect((await token('revoke', tokenId)).exitCode).toBe(0)
  const revoked = await askRest(url, 'POST', 'create', { body, token: submitter })
  expect(revoked.status).toBe(401)
  expect(revoked.fields['message']).toContain('has been revoked')
  expect((await token('revoke', '000000000000')).exitCode).toBe(3)
})

test('an operator’s token ends applications and drivers in the web UI too', async () => {
  await start({ 'hearth.auth.tokensFile': file }, { auth: defaultAuthSettings('correct horse') })
  const [operator, submitter] = await Promise.all([
    createToken('--role', 'operator'),
    createToken('--role', 'submitter'),
  ])
  const kill = async (shown: string | undefined) => {
    const reply = await fetch(`${master?.webUiUrl}/api/v1/applications/app-1/kill`, {
      method: 'POST',
      headers: {
        'x-hearth-request': '1',
        ...(shown !== undefined && { authorization: `Bearer ${shown}` }),
      },
    })
    return reply.status
  }
  expect(await kill(undefined)).toBe(401)
  expect(await kill(submitter)).toBe(403)
  // There is no such application: it was let in.
  expect(await kill(operator)).toBe(404)
})

test('hearth.rest.open takes everybody, and says so in the log, on the page and to monitoring', async () => {
  const url = await start({ ...EVERYWHERE, 'hearth.rest.open': 'true' })
  expect(warnings().join()).toContain('submissions over REST are open (hearth.rest.open)')
  const ui = master?.webUiUrl ?? ''
  expect(await (await fetch(ui)).text()).toContain('submissions over REST are open')
  expect(await (await fetch(`${ui}/healthz`)).text()).toContain('"protection":"open-rest"')
  expect(await (await fetch(`${ui}/metrics`)).text()).toContain('hearth_insecure 1')
  expect((await askRest(url, 'POST', 'create', { body: submissionOf() })).status).toBe(200)
})

test('it works beside a secret of the cluster, which Spark refuses', async () => {
  const url = await start({}, { auth: defaultAuthSettings('correct horse battery') })
  expect((await askRest(url, 'POST', 'create', { body: submissionOf() })).status).toBe(200)
  expect(await (await fetch(master?.webUiUrl ?? '')).text()).not.toContain('Insecure')
})

test('off is off: nobody listens', async () => {
  await start({ 'spark.master.rest.enabled': 'false' })
  expect(master?.restUrl).toBeNull()
})

test('a port that is taken stops the start with what to set', async () => {
  const url = await start({})
  const properties = new Map([['spark.master.rest.port', new URL(url).port]])
  const { log } = captureLog()
  const second = startMaster({ host: '127.0.0.1', port: 0, webUiPort: 0, properties, log })
  await expect(second).rejects.toThrow(
    /the REST server cannot listen on .*spark\.master\.rest\.port/,
  )
})

it('R-19 SPARK-49103 a filter that is no part of Hearth fails the start with a sentence', async () => {
  const args = ['master', '--port', '0', '--webui-port', '0']
  const options = '-Dspark.master.rest.filters=com.example.Filter'
  const { exitCode, stderr } = await site.run(args, { SPARK_MASTER_OPTS: options })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('spark.master.rest.filters: com.example.Filter is a class for Spark')
})

test('a tokens file that others can read stops the start with the command that mends it', async () => {
  await createToken('--role', 'viewer')
  const { chmodSync } = await import('node:fs')
  chmodSync(file, 0o644)
  const args = ['master', '--port', '0', '--webui-port', '0']
  const options = `-Dhearth.auth.tokensFile=${file}`
  const { exitCode, stderr } = await site.run(args, { SPARK_MASTER_OPTS: options })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`chmod 600 ${file}`)
})

test('placeholders are filled from the environment of the master', async () => {
  const { log } = captureLog()
  master = await startMaster({
    ...{ host: '127.0.0.1', port: 0, webUiPort: 0, log, properties: new Map() },
    environment: { AWS_ENDPOINT_URL: 'http://s3.example' },
  })
  const sparkProperties = { 'spark.app.name': '{{AWS_ENDPOINT_URL}}' }
  const body = submissionOf({ sparkProperties })
  const { fields } = await askRest(master.restUrl ?? '', 'POST', 'create', { body })
  const url = `${master.webUiUrl}/api/v1/drivers/${String(fields['submissionId'])}`
  expect(await (await fetch(url)).json()).toMatchObject({ name: 'http://s3.example' })
})
