import { expect, test } from 'vitest'
import { type MasterFlags, masterSettings } from './master-settings.ts'

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
  expect(settings({})).toEqual({ host: '127.0.0.1', port: 7077, webUiPort: 8080 })
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
