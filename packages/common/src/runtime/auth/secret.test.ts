import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findSecret } from './secret.ts'

const GOOD = 'correct horse battery'

function find(properties: Record<string, string>, environment: Record<string, string> = {}) {
  return findSecret({ properties: new Map(Object.entries(properties)), environment })
}

test('without a secret there is no authentication and nothing to say', () => {
  expect(find({})).toEqual({ secret: null, notices: [], warnings: [] })
  expect(find({ 'spark.authenticate': 'false' })).toEqual({
    secret: null,
    notices: [],
    warnings: [],
  })
})

test('spark.authenticate without a secret stops the start and says what to set', () => {
  expect(() => find({ 'spark.authenticate': 'true' })).toThrow(
    /^spark\.authenticate is true and there is no secret: set spark\.authenticate\.secret, HEARTH_SECRET or hearth\.authenticate\.secretFile$/,
  )
})

test('a secret turns authentication on, with or without spark.authenticate', () => {
  const secret = { 'spark.authenticate.secret': GOOD }
  expect(find(secret)).toEqual({
    secret: GOOD,
    notices: [
      'authentication is on, because there is a secret; the secret is from spark.authenticate.secret',
    ],
    warnings: [],
  })
  expect(find({ ...secret, 'spark.authenticate': 'true' }).notices).toEqual([
    'authentication is on; the secret is from spark.authenticate.secret',
  ])
})

test('spark.authenticate=false leaves a secret unused, and says so', () => {
  expect(find({ 'spark.authenticate': 'false' }, { HEARTH_SECRET: GOOD })).toEqual({
    secret: null,
    notices: [],
    warnings: ['authentication is off although HEARTH_SECRET is set: spark.authenticate is false'],
  })
})

test('variables win over the key and the key over the file; the others are named', () => {
  const properties = {
    'spark.authenticate.secret': 'from the key',
    'hearth.authenticate.secretFile': '/does/not/exist',
  }
  const hearth = { HEARTH_SECRET: 'from hearth' }
  const both = { ...hearth, _SPARK_AUTH_SECRET: 'from spark' }
  expect(find(properties, both)).toMatchObject({
    secret: 'from spark',
    warnings: [
      'there is more than one secret: that of _SPARK_AUTH_SECRET counts, left aside: HEARTH_SECRET, spark.authenticate.secret, hearth.authenticate.secretFile',
    ],
  })
  expect(find(properties, hearth).secret).toBe('from hearth')
  expect(find(properties).secret).toBe('from the key')
})

test('a short secret is warned of, an empty one refused, and neither is ever shown', () => {
  const short = find({}, { HEARTH_SECRET: 'hunter2' })
  expect(short.secret).toBe('hunter2')
  expect(short.warnings).toEqual([expect.stringContaining('fewer than 8 characters')])
  expect(JSON.stringify([short.notices, short.warnings])).not.toContain('hunter2')
  expect(() => find({}, { HEARTH_SECRET: '' })).toThrow('HEARTH_SECRET is empty')
  expect(() => find({ 'spark.authenticate.secret': '' })).toThrow(
    'spark.authenticate.secret is empty',
  )
})

describe('the file', () => {
  let dir: string
  let file: string

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'hearth-secret-'))
    file = path.join(dir, 'secret')
  })

  afterEach(() => rmSync(dir, { recursive: true }))

  const write = (content: string | Uint8Array, mode = 0o600) => {
    writeFileSync(file, content)
    chmodSync(file, mode)
  }
  const read = () => find({ 'hearth.authenticate.secretFile': file })

  test.each([
    ['a line break at its end', `${GOOD}\n`, GOOD],
    ['one of Windows', `${GOOD}\r\n`, GOOD],
    ['none', GOOD, GOOD],
    ['blanks and two line breaks', ` ${GOOD} \n\n`, ` ${GOOD} \n`],
  ])('with %s', (_what, content, secret) => {
    write(content, 0o400)
    expect(read().secret).toBe(secret)
    expect(read().notices.join()).toContain('hearth.authenticate.secretFile')
  })

  test.each([0o640, 0o604, 0o620, 0o601])('of mode %o is refused with what to do', (mode) => {
    write(GOOD, mode)
    expect(read).toThrow(`(mode 0${mode.toString(8)}): chmod 600 ${file}`)
  })

  test.each([
    ['empty', '\n', 'hearth.authenticate.secretFile is empty'],
    ['too long', 'x'.repeat(65_537), 'longer than 65536 bytes'],
    ['no text', Uint8Array.of(0xff, 0xfe), 'not text in UTF-8'],
  ])('that is %s is refused', (_what, content, problem) => {
    write(content)
    expect(read).toThrow(problem)
  })

  test('that is missing, a directory or a pipe is refused by name', () => {
    expect(read).toThrow(`secret file ${file}: ENOENT`)
    expect(() => find({ 'hearth.authenticate.secretFile': dir })).toThrow('not a regular file')
    execFileSync('mkfifo', ['-m', '600', file])
    expect(read).toThrow('not a regular file')
  })
})
