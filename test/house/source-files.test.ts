// Size and names of the source files: what a reader has to hold in the head.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './planted-tree.ts'

const MEDIAN_LINES = 150
// Words that say that a file is about several things, or about nothing.
const EMPTY_WORDS =
  /(^|-)(utils?|helpers?|managers?|info|data|misc|common|shared|types|agent|slave)(-|\.|$)/

const files = readdirSync(path.join(ROOT, 'packages'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /^[a-z]+\/src\/.*\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(path.join(ROOT, 'packages', name), 'utf8') }))
const sources = files.filter(({ name }) => !name.endsWith('.test.ts'))

test('half of the source files have at most 150 lines', () => {
  const lines = sources.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b)
  expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES)
})

test('a file name says what the file holds', () => {
  const empty = files.filter(({ name }) => EMPTY_WORDS.test(path.basename(name)))
  expect(empty.map(({ name }) => name)).toEqual([])
})

test('every file of a package stands in a layer, or is what the package starts with', () => {
  const places = [
    /^common\/src\/(domain|protocol|runtime)\//,
    /^common\/src\/pure-globals\.d\.ts$/,
    /^(master|worker)\/src\/(core|doors|shell)\//,
    /^worker\/src\/launcher\//,
    /^(master|worker)\/src\/[a-z-]+(\.test)?\.ts$/,
    /^cli\/src\//,
  ]
  const stray = files.filter(({ name }) => !places.some((place) => place.test(name)))
  expect(stray.map(({ name }) => name)).toEqual([])
})

test('no test and no file is switched off', () => {
  const off =
    /\b(describe|test|it)\.(skip|todo|only|fails)\b|oxlint-disable(?!-next-line)|@ts-nocheck/
  expect(files.filter(({ text }) => off.test(text)).map(({ name }) => name)).toEqual([])
})
