import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findJava, requireJava } from './find-java.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'hearth-java-'))
})

afterEach(async () => {
  await rm(home, { recursive: true })
})

async function aJava(says: string): Promise<Record<string, string>> {
  await mkdir(path.join(home, 'bin'))
  await writeFile(path.join(home, 'bin', 'java'), `#!/bin/sh\necho '${says}' >&2\n`)
  await chmod(path.join(home, 'bin', 'java'), 0o755)
  return { JAVA_HOME: home }
}

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25" 2025-09-16', 25],
])('%s is release %d', async (says, release) => {
  expect(await findJava(await aJava(says))).toEqual({
    program: path.join(home, 'bin', 'java'),
    release,
  })
})

test('without Java it is said where it was looked for and what to install', async () => {
  await expect(requireJava({ PATH: home }, 17)).rejects.toMatchObject({
    message: 'there is no Java on the PATH',
    hint: expect.stringContaining('apt-get install openjdk-17-jre-headless') as unknown,
    exitCode: 1,
  })
  await expect(requireJava({ JAVA_HOME: home }, 17)).rejects.toThrow(`under JAVA_HOME (${home})`)
})

test('a Java that is too old is told from none', async () => {
  await expect(requireJava(await aJava('openjdk version "11.0.2"'), 17)).rejects.toThrow(
    /^Java 11 under JAVA_HOME .* is too old: Java 17 or newer is needed$/,
  )
})
