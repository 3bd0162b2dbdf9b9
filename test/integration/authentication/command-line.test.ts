// The shipped program: on which addresses it listens, and how it is told the secret.
import { chmodSync, writeFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Daemon } from '../../support/daemon.ts'
import { CommandSite } from '../../support/hearth-command.ts'

const SECRET = 'correct horse battery'
const PORTS = ['--port', '0', '--webui-port', '0']

let site: CommandSite
let secretFile: string

beforeEach(() => {
  site = new CommandSite()
  secretFile = path.join(site.directory, 'secret')
  writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 })
})

afterEach(() => site.dispose())

/** An address of this machine that is not loopback; its name counts as one wherever it leads. */
function outsideAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
  return outside?.address ?? hostname()
}

const withFile = () => ({ SPARK_MASTER_OPTS: `-Dhearth.authenticate.secretFile=${secretFile}` })

async function webUiOf(master: Daemon): Promise<string> {
  return String((await master.message('ready'))['webUiUrl'])
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

describe('beyond loopback', () => {
  test.each([
    ['master', ['--host', '0.0.0.0']],
    ['master', ['--host', outsideAddress()]],
    ['worker', ['spark://127.0.0.1:1', '--host', outsideAddress()]],
  ])('hearth %s %j without a secret refuses and names both ways out', async (command, args) => {
    const { exitCode, stderr, stdout } = await site.run([command, ...args, ...PORTS])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^hearth: refusing to listen on .* without authentication/)
    for (const way of ['spark.authenticate.secret', 'HEARTH_SECRET', 'secretFile', '--insecure']) {
      expect(stderr).toContain(way)
    }
  })

  test('a secret file lets a master start, and the log says so without the secret', async () => {
    const args = ['master', '--host', outsideAddress(), ...PORTS]
    const master = site.start(args, withFile())
    const ui = await webUiOf(master)
    expect(await text(`${ui}/healthz`)).toContain('"protection":"secret"')
    expect(await text(ui)).not.toContain('Insecure')
    expect(await master.stop()).toBe(0)
    expect(master.log()).toContain('authentication is on')
    expect(master.log()).not.toContain(SECRET)
  })

  test('--insecure starts, warns, and is shown on every page that says how the master is', async () => {
    const master = site.start(['master', '--host', outsideAddress(), '--insecure', ...PORTS])
    const ui = await webUiOf(master)
    expect(await text(ui)).toContain('Insecure: there is no secret')
    expect(await text(`${ui}/healthz`)).toContain('"protection":"insecure"')
    expect(await text(`${ui}/metrics`)).toContain('hearth_insecure 1')
    expect(await master.stop()).toBe(0)
    expect(master.log()).toContain('insecure: there is no secret')
  })

  test('a secret file that others can read is refused with the command that mends it', async () => {
    chmodSync(secretFile, 0o644)
    const args = ['master', '--host', outsideAddress(), ...PORTS]
    const { exitCode, stderr } = await site.run(args, withFile())
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`chmod 600 ${secretFile}`)
  })
})

test('hearth kill proves the secret that it finds where daemons find it', async () => {
  const master = site.start(['master', ...PORTS], { HEARTH_SECRET: SECRET })
  const ui = { HEARTH_MASTER_UI: await webUiOf(master) }
  const kill = ['kill', 'app-20260101000000-0000']

  const without = await site.run(kill, ui)
  expect(without.exitCode).toBe(1)
  expect(without.stderr).toContain('this action needs the secret of the cluster')
  const wrong = await site.run(kill, { ...ui, HEARTH_SECRET: 'another secret' })
  expect(wrong.exitCode).toBe(1)
  // Let through: there is no such application.
  const known = { exitCode: 3 }
  expect(await site.run(kill, { ...ui, HEARTH_SECRET: SECRET })).toMatchObject(known)
  expect(await site.run(kill, { ...ui, ...withFile() })).toMatchObject(known)
  const properties = path.join(site.directory, 'daemon.conf')
  writeFileSync(properties, `spark.authenticate.secret ${SECRET}\n`)
  const flags = ['--properties-file', properties]
  expect(await site.run([...kill, ...flags], ui)).toMatchObject(known)
  // Reads stay open.
  expect(await site.run(['apps'], ui)).toMatchObject({ exitCode: 0, stdout: 'no applications\n' })
  expect(await master.stop()).toBe(0)
})
