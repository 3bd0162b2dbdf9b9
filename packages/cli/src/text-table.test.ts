import { expect, test } from 'vitest'
import { formatDuration, formatMemory, formatTable } from './text-table.ts'

test('columns are as wide as their widest cell, and numbers stand to the right', () => {
  const table = formatTable(
    ['ID', 'CORES', 'NAME'],
    [
      ['app-1', 2, 'pi'],
      ['application-22', 10, 'a longer name'],
    ],
  )
  expect(table).toBe(
    [
      'ID              CORES  NAME',
      'app-1               2  pi',
      'application-22     10  a longer name',
      '',
    ].join('\n'),
  )
})

test('a name cannot rewrite the terminal or break its line', () => {
  expect(formatTable(['NAME'], [['\u001B[2Jgone\nnext\u202E']])).toBe(
    'NAME\n\uFFFD[2Jgone\uFFFDnext\uFFFD\n',
  )
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [125_000, '2 min 5 s'],
  [4_800_000, '1 h 20 min'],
  [90_000_000, '1 d 1 h'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [512, '512 MiB'],
  [1024, '1 GiB'],
  [1536, '1.5 GiB'],
])('%d MiB is %s', (mb, text) => {
  expect(formatMemory(mb)).toBe(text)
})
