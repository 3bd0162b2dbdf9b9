import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_USAGE } from '../exit-codes.ts'
import { jarMainClass } from './jar-main-class.ts'

const JARS = new URL('../../../../test/fixtures/jars/', import.meta.url)

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'hearth-jars-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function jar(name: string): string {
  return new URL(name, JARS).href
}

async function refusal(uri: string): Promise<string> {
  const error: unknown = await jarMainClass(uri).catch((reason: unknown) => reason)
  if (!(error instanceof CommandFailure)) throw new Error(`not refused: ${String(error)}`)
  expect(error.exitCode).toBe(EXIT_USAGE)
  expect(error.hint).toContain('--class')
  return error.message
}

test('is what the manifest names', async () => {
  expect(await jarMainClass(jar('named.jar'))).toBe('com.example.Pi')
})

test('may be folded over lines, its key in any case', async () => {
  const long = `${'verylongpackagename.'.repeat(4)}Zürich`
  expect(await jarMainClass(jar('folded.jar'))).toBe(`com.example.${long}`)
})

test('a path may hold blanks and signs, and an alias behind #', async () => {
  const file = path.join(directory, 'a b%20#.jar')
  copyFileSync(fileURLToPath(jar('named.jar')), file)
  expect(await jarMainClass(`${pathToFileURL(file).href}#alias.jar`)).toBe('com.example.Pi')
})

test.each(['unnamed.jar', 'later-section.jar', 'bare.jar'])('%s names none', async (name) => {
  expect(await refusal(jar(name))).toBe(`no main class: the manifest of ${jar(name)} names none`)
})

test('a jar that is not there, or is no jar, is refused with what is wrong with it', async () => {
  const file = path.join(directory, 'x.jar')
  const uri = pathToFileURL(file).href
  expect(await refusal(uri)).toMatch(/^no main class: file:.*x\.jar cannot be read: ENOENT/)
  writeFileSync(file, 'no zip at all')
  expect(await refusal(uri)).toMatch(/^no main class: file:.*x\.jar cannot be read: [Ee]nd of/)
  expect(await refusal(pathToFileURL(directory).href)).toContain('cannot be read: EISDIR')
})

test.each(['http://h/a.jar', 'hdfs://h/a.jar', 'local:/opt/a.jar'])(
  '%s is not opened',
  async (uri) => {
    expect(await refusal(uri)).toContain(`${uri} is not on this machine`)
  },
)
