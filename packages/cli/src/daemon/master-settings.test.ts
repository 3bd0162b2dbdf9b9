import { expect, test } from 'vitest'
import { type MasterFlags, masterSettings } from './master-settings.ts'

const NO_SECRET = { auth: null, notices: [], warnings: [] }

function settings(
  flags: MasterFlags,
  environment: Record<string, string> = {},
  properties: Record<string, string> = {},
) {
  return masterSettings(flags, {
    environment,
    properties: new Map(Object.entries(properties)),
    warnings: [],
  })
}

test('Spark’s ports on the loopback address when nobody says anything', () => {
  expect(settings({})).toEqual({
    host: '127.0.0.1',
    port: 7077,
    webUiPort: 8080,
    ...NO_SECRET,
  })
})

test('variables are read, and flags win over them', () => {
  const environment = {
    SPARK_MASTER_HOST: 'localhost',
    SPARK_MASTER_PORT: '7177',
    SPARK_MASTER_WEBUI_PORT: '8180',
    SPARK_PUBLIC_DNS: 'master.example',
  }
  expect(settings({}, environment)).toEqual({
    host: 'localhost',
    port: 7177,
    webUiPort: 8180,
    publicHost: 'master.example',
    ...NO_SECRET,
  })
  expect(settings({ host: '::1', port: '0', webuiPort: '0' }, environment)).toMatchObject({
    host: '[::1]',
    port: 0,
    webUiPort: 0,
  })
  expect(settings({ ip: '127.0.0.2' }, environment).host).toBe('127.0.0.2')
})

test('spark.master.ui.port wins over flag and variable, as in Spark', () => {
  const properties = { 'spark.master.ui.port': '9000' }
  expect(settings({ webuiPort: '1' }, { SPARK_MASTER_WEBUI_PORT: '2' }, properties).webUiPort).toBe(
    9000,
  )
})

test('a variable that is set to nothing says nothing', () => {
  expect(settings({}, { SPARK_MASTER_HOST: '', SPARK_MASTER_PORT: ' ' })).toMatchObject({
    host: '127.0.0.1',
    port: 7077,
  })
})

test('a bad port is refused under the name of where it stood', () => {
  expect(() => settings({ port: '65536' })).toThrow(
    "--port: '65536' is not a port from 0 (any) to 65535",
  )
  expect(() => settings({}, { SPARK_MASTER_WEBUI_PORT: '80x' })).toThrow(
    "SPARK_MASTER_WEBUI_PORT: '80x' is not a port",
  )
})

test('with a secret any address will do, and the log is told where the secret is from', () => {
  const { auth, host, notices } = settings({ host: '10.0.0.1' }, { HEARTH_SECRET: 'correct horse' })
  expect(host).toBe('10.0.0.1')
  expect(auth).toMatchObject({ secret: 'correct horse', isCryptoEnabled: false })
  expect(notices).toEqual([expect.stringContaining('from HEARTH_SECRET')])
})

test('spark.authenticate=false with a secret is no authentication', () => {
  const environment = { HEARTH_SECRET: 'correct horse' }
  const off = { 'spark.authenticate': 'false' }
  expect(() => settings({ host: '10.0.0.1' }, environment, off)).toThrow('without authentication')
  expect(settings({}, environment, off)).toMatchObject({
    auth: null,
    warnings: [expect.stringContaining('authentication is off although HEARTH_SECRET is set')],
  })
})
