import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import { toDriverDescription, userMainClass, type Submission } from './driver-description.ts'
import { MODULE_OPTIONS } from './module-options.ts'
import { SubmissionProblem } from './problem.ts'

const COMMAND: SparkCommand = {
  mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
  arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', 'com.example.Main', 'a b', '$(c)'],
  environment: { SPARK_USER: 'ada' },
  classPathEntries: ['/a'],
  libraryPathEntries: ['/b'],
  javaOptions: ['-Dspark.app.name=A report', '--add-opens=java.base/java.nio=ALL-UNNAMED'],
}
const SUBMISSION: Submission = {
  jarUrl: 'http://h/a.jar',
  mainClass: 'com.example.Main',
  command: COMMAND,
  cores: 1,
  memoryMb: 512,
  supervise: true,
}
const LIMITS = { maxPayloadBytes: 1_000_000 }

function withCommand(change: Partial<SparkCommand>): Submission {
  return { ...SUBMISSION, command: { ...COMMAND, ...change } }
}

function problemOf(submission: Submission, maxPayloadBytes = LIMITS.maxPayloadBytes): string {
  try {
    toDriverDescription(submission, { maxPayloadBytes })
  } catch (error) {
    if (error instanceof SubmissionProblem) return error.message
    throw error
  }
  throw new Error('it was taken')
}

test('a submission is described with its command as it came', () => {
  expect(toDriverDescription(SUBMISSION, LIMITS)).toEqual({
    name: 'A report',
    mainClass: 'com.example.Main',
    user: 'ada',
    resources: { cores: 1, memoryMb: 512 },
    supervise: true,
    firstExecutor: { cores: 1, memoryMb: 1024 },
    payload: { kind: 'spark-driver', jarUrl: 'http://h/a.jar', command: COMMAND },
  })
})

test('without a name it is known by its main class, and without a user by nobody', () => {
  const bare = withCommand({ environment: {}, javaOptions: ['-Dspark.app.name='] })
  expect(toDriverDescription(bare, LIMITS)).toMatchObject({ name: 'com.example.Main', user: '' })
  const home = withCommand({ environment: { LOGNAME: 'l', USER: 'u' } })
  expect(toDriverDescription(home, LIMITS).user).toBe('u')
})

test('custom resources of the driver are its own, no others', () => {
  const custom = { gpu: 2 }
  const resources = { cores: 1, memoryMb: 512, custom }
  expect(toDriverDescription({ ...SUBMISSION, custom }, LIMITS).resources).toEqual(resources)
  expect(toDriverDescription({ ...SUBMISSION, custom: {} }, LIMITS).resources).toEqual({
    ...{ cores: 1, memoryMb: 512 },
  })
})

test('module options are added in front, unless it brought its own', () => {
  const { payload } = toDriverDescription(withCommand({ javaOptions: ['-Xss1m'] }), LIMITS)
  expect(payload).toMatchObject({ command: { javaOptions: [...MODULE_OPTIONS, '-Xss1m'] } })
})

describe('the secret of the cluster', () => {
  const secret = 'Correct-Horse-7'

  it('is left out of options and environment, so that it is nowhere in what is stored', () => {
    const submission = withCommand({
      environment: { _SPARK_AUTH_SECRET: secret, HEARTH_SECRET: secret, A: 'b' },
      javaOptions: [
        '-Dspark.authenticate=true',
        `-Dspark.authenticate.secret=${secret}`,
        '-Dspark.authenticate.secret.file=/etc/secret',
        `-Dspark.driver.extraJavaOptions=-Dx=1 -Dspark.authenticate.secret=${secret}`,
        '-Dx=1',
        '--add-opens=java.base/java.nio=ALL-UNNAMED',
      ],
    })
    const { payload } = toDriverDescription(submission, LIMITS)
    expect(JSON.stringify(payload)).not.toContain(secret)
    expect(payload).toMatchObject({
      command: {
        environment: { A: 'b' },
        javaOptions: [
          '-Dspark.authenticate=true',
          '-Dx=1',
          '--add-opens=java.base/java.nio=ALL-UNNAMED',
        ],
      },
    })
  })

  it('takes nothing else with it', () => {
    const javaOptions = ['-Dspark.driver.extraJavaOptions=-Dx=1', '-Dspark.authenticateX=1']
    const { payload } = toDriverDescription(withCommand({ javaOptions }), LIMITS)
    expect(payload).toMatchObject({
      command: { javaOptions: [...MODULE_OPTIONS, ...javaOptions] },
    })
  })
})

test.each<[string, Submission, string]>([
  ['no main class', { ...SUBMISSION, mainClass: '' }, 'the submission names no main class'],
  [
    'no cores',
    { ...SUBMISSION, cores: 0 },
    'the driver asks for 0 cores; it must be a whole number from 1 to 1000000',
  ],
  [
    'negative memory',
    { ...SUBMISSION, memoryMb: -5 },
    'the driver asks for -5 MiB of memory; it must be a whole number from 1 to 1073741824',
  ],
  [
    'a bad name of a resource',
    { ...SUBMISSION, custom: { '../gpu': 1 } },
    '"../gpu" cannot name a custom resource; use letters, digits, - and _',
  ],
  [
    'half a GPU',
    { ...SUBMISSION, custom: { gpu: 0.5 } },
    '0.5 of the resource gpu are asked for; it must be a whole number from 1 to 1000000',
  ],
  [
    'a name without end',
    withCommand({ javaOptions: [`-Dspark.app.name=${'x'.repeat(70_000)}`] }),
    'spark.app.name is 70000 characters long; at most 65536 are allowed',
  ],
])('%s is refused with a sentence', (_name, submission, sentence) => {
  expect(problemOf(submission)).toBe(sentence)
})

test('what does not fit through to a worker is refused before it is taken', () => {
  const long = withCommand({ arguments: ['\u0001'.repeat(1_000)] })
  expect(problemOf(long, 5_000)).toMatch(/^the submission is \d{4} bytes long as workers get it/)
  expect(toDriverDescription(long, { maxPayloadBytes: 10_000 }).name).toBe('A report')
  const wide = withCommand({ classPathEntries: Array<string>(100_001).fill('') })
  expect(problemOf(wide)).toMatch(/^the submission cannot be passed on: .*classPathEntries/)
})

test('whatever is in it, the limit is that of its bytes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((unit) => unit.repeat(100))
  const texts = fc.array(text, { maxLength: 20 })
  const environment = fc.dictionary(text, text)
  fc.assert(
    fc.property(texts, texts, environment, (args, classPathEntries, variables) => {
      const submission = withCommand({ arguments: args, classPathEntries, environment: variables })
      const { payload } = toDriverDescription(submission, LIMITS)
      const bytes = new TextEncoder().encode(JSON.stringify(payload)).length
      expect(toDriverDescription(submission, { maxPayloadBytes: bytes }).payload).toEqual(payload)
      expect(problemOf(submission, bytes - 1)).toMatch(`the submission is ${bytes} bytes long`)
    }),
  )
})

test('the user’s class is behind Spark’s wrapper', () => {
  expect(userMainClass(COMMAND)).toBe('com.example.Main')
  expect(userMainClass({ ...COMMAND, arguments: ['{{WORKER_URL}}'] })).toBe('')
  expect(userMainClass({ ...COMMAND, mainClass: 'com.example.Own' })).toBe('com.example.Own')
})
