import { expect, test } from 'vitest'
import { executorEnvironment } from './environment.ts'

const COMMAND = {
  mainClass: 'Main',
  arguments: [],
  environment: {},
  classPathEntries: [],
  libraryPathEntries: [],
  javaOptions: [],
}
const INPUT = {
  command: COMMAND,
  workerEnvironment: {},
  authSecret: null,
  sparkHome: '/opt/spark',
  scratchDirs: ['/a', '/b'],
  webUiUrl: 'http://h:8081',
  appId: 'app-1',
  executorId: '0',
}

test('SPARK_HOME is the worker’s own unless the environment says otherwise', () => {
  expect(executorEnvironment(INPUT)['SPARK_HOME']).toBe('/opt/spark')
  const workerEnvironment = { SPARK_HOME: '/opt/other' }
  expect(executorEnvironment({ ...INPUT, workerEnvironment })['SPARK_HOME']).toBe('/opt/other')
})

test('C-13 log addresses are the worker’s own; an application cannot move them, nor its scratch directories', () => {
  const environment = { SPARK_EXECUTOR_DIRS: '/etc', SPARK_LOG_URL_STDOUT: 'http://evil' }
  const command = { ...COMMAND, environment: { ...environment, OTHER: 'kept' } }
  expect(executorEnvironment({ ...INPUT, command })).toMatchObject({
    SPARK_EXECUTOR_DIRS: '/a:/b',
    SPARK_LOG_URL_STDOUT: 'http://h:8081/logPage/?appId=app-1&executorId=0&logType=stdout',
    OTHER: 'kept',
  })
})

test('variables that are not set stay unset', () => {
  const workerEnvironment = { EMPTY: '', MISSING: undefined }
  const environment = executorEnvironment({ ...INPUT, workerEnvironment })
  expect(environment['EMPTY']).toBe('')
  expect(Object.keys(environment)).not.toContain('MISSING')
})

test('W-17 the secret reaches an executor in the variable that it reads, and in no other', () => {
  const workerEnvironment = { HEARTH_SECRET: 's3cret', PATH: '/bin' }
  const environment = { _SPARK_AUTH_SECRET: 'of the application' }
  const input = { ...INPUT, workerEnvironment, command: { ...COMMAND, environment } }
  const secured = executorEnvironment({ ...input, authSecret: 's3cret' })
  expect(secured['_SPARK_AUTH_SECRET']).toBe('s3cret')
  expect(secured['PATH']).toBe('/bin')
  expect(Object.keys(secured)).not.toContain('HEARTH_SECRET')
  const open = executorEnvironment({ ...INPUT, workerEnvironment })
  expect(JSON.stringify(open)).not.toContain('s3cret')
})
