import { expect, test } from 'vitest'
import { splitCommandString } from './split-command-string.ts'

// What Utils.splitCommandString of Spark 3.5 answers; its own UtilsSuite has the first seven.
test.each([
  ['', []],
  ['a', ['a']],
  ['aaa', ['aaa']],
  ['a b c', ['a', 'b', 'c']],
  ['  a   b\t c ', ['a', 'b', 'c']],
  ["a 'b c'", ['a', 'b c']],
  ["a 'b c' d", ['a', 'b c', 'd']],
  ["'b c'", ['b c']],
  ['a "b c"', ['a', 'b c']],
  ['a "b c" d', ['a', 'b c', 'd']],
  ['"b c"', ['b c']],
  ['a \'b" c\' "d\' e"', ['a', 'b" c', "d' e"]],
  ["a\t'b\nc'\nd", ['a', 'b\nc', 'd']],
  ['a "b\\\\c"', ['a', 'b\\c']],
  ['a "b\\"c"', ['a', 'b"c']],
  ["a 'b\\\"c'", ['a', 'b\\"c']],
  ["'a'b", ['ab']],
  ["'a''b'", ['ab']],
  ['"a"b', ['ab']],
  ['"a""b"', ['ab']],
  ["''", ['']],
  ['""', ['']],
  // Outside quotes a backslash is one; a quote that stays open ends with the text.
  ['-Dpath=C:\\x \\"', ['-Dpath=C:\\x', '\\']],
  ['a "b c', ['a', 'b c']],
  ['a "b\\', ['a', 'b']],
  ['a\u00a0b', ['a\u00a0b']],
])('%j', (text, words) => {
  expect(splitCommandString(text)).toEqual(words)
})
