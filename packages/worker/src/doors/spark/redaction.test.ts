import { expect, test } from 'vitest'
import { DEFAULT_REDACTION, formatHeader, parseRedaction, redactCommandLine } from './redaction.ts'

const SECRET = parseRedaction(DEFAULT_REDACTION)

test.each([
  ['-Dspark.ssl.keyPassword=abc', '-Dspark.ssl.keyPassword=*********(redacted)'],
  ['-DmyTOKEN=abc', '-DmyTOKEN=*********(redacted)'],
  ['-Dfs.s3a.access.key=abc', '-Dfs.s3a.access.key=*********(redacted)'],
  ['-Dfs.s3a.accesskey=abc', '-Dfs.s3a.accesskey=*********(redacted)'],
  // The value may give itself away, and may hold further equals signs and lines.
  ['-Durl=jdbc:x?password=abc', '-Durl=*********(redacted)'],
  ['-Dsecret=a\nb', '-Dsecret=*********(redacted)'],
  ['-Dspark.driver.port=40001', '-Dspark.driver.port=40001'],
  // Spark looks at -D options only.
  ['--password=abc', '--password=abc'],
  ['-Dsecret', '-Dsecret'],
  ['-Dsecret=', '-Dsecret='],
])('%j is logged as %j', (argument, logged) => {
  expect(redactCommandLine([argument], SECRET)).toEqual([logged])
})

test('a pattern of the site replaces the default', () => {
  const own = parseRedaction('^site[.]')
  expect(redactCommandLine(['-Dsite.x=1', '-Dpassword=1', '-DSITE.x=1'], own)).toEqual([
    '-Dsite.x=*********(redacted)',
    '-Dpassword=1',
    '-DSITE.x=1',
  ])
})

test('a pattern that only Java understands is refused, with its key', () => {
  expect(() => parseRedaction('a(?<!b)(?s)c')).toThrow(
    /spark\.redaction\.regex .* is not understood/,
  )
})

test('the header quotes every word', () => {
  expect(formatHeader('executor', ['java', '-Dtoken=x', 'a b'], SECRET)).toBe(
    `Spark Executor Command: "java" "-Dtoken=*********(redacted)" "a b"\n${'='.repeat(40)}\n\n`,
  )
})
