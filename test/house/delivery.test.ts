// docs/delivery.md is whole: a table for each message that changes something, an answer for each cell, and a test
// that is there for each answer.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, readSections, readUnchanging } from './delivery-tables.ts'
import { ROOT } from './planted-tree.ts'
import { messagesInCode } from './state-changing-messages.ts'

const document = readFileSync(path.join(ROOT, 'docs/delivery.md'), 'utf8')
const inTables = readSections(document).flatMap(({ messages }) => messages)
const unchanging = readUnchanging(document)
const inCode = messagesInCode()

test.each(Object.entries(inCode))('every message of the %s is in one place', (_of, messages) => {
  expect(messages.length).toBeGreaterThan(1)
  const places = (name: string) => [...inTables, ...unchanging].filter((one) => one === name).length
  expect(messages.filter((name) => places(name) !== 1)).toEqual([])
})

test('there is no message in it that there is not', () => {
  const known = new Set(Object.values(inCode).flat())
  expect([...inTables, ...unchanging].filter((name) => !known.has(name))).toEqual([])
})

test('every cell has an answer, and a test that shows it', () => {
  expect(problemsOf(readSections(document))).toEqual([])
})

describe('a table is found wrong', () => {
  const good = [
    ['Durable before the reply', 'A record.', 'master `barrier`'],
    [
      'A duplicate',
      'Nothing.',
      '`test/house/delivery.test.ts` “there is no message in it that there is not”; worker `fence`',
    ],
    ['Leader dies before', 'Lost.', 'with recovery'],
    ['Leader dies after', '– no leader involved', '–'],
    ['Worker dies before', 'Away.', 'master `worker-returns`'],
    ['Worker dies after', 'Lost.', 'master `worker-lost`'],
    ['Driver dies before', 'Forgotten.', 'master `barrier`'],
    ['Driver dies after', 'Dialled.', 'master `driver-vanishes`'],
  ]
  const problems = (rows: readonly (readonly string[])[], from = 'driver') =>
    problemsOf(
      readSections(
        [`### \`Ask\` (${from} → master)`, '| Question | Answer | Shown by |', '|---|---|---|']
          .concat(rows.map((row) => `| ${row.join(' | ')} |`))
          .join('\n'),
      ),
    )
  const changed = (row: number, cells: readonly string[]) =>
    good.map((one, index) => (index === row ? [one[0] ?? '', ...cells] : one))

  test('unless it is right', () => {
    expect(problems(good)).toEqual([])
  })

  test.each<[string, readonly (readonly string[])[], RegExp]>([
    ['a cell that is missing', good.slice(1), /'Durable before the reply' is not answered/],
    ['of a peer too', good.slice(0, 6), /'Driver dies before' is not answered/],
    [
      'a question of its own',
      [...good, ['Why', 'So.', 'master `barrier`']],
      /'Why' is no question/,
    ],
    [
      'half a pair',
      [...good, ['Launcher dies before', 'So.', 'master `barrier`']],
      /'Launcher dies before' is no question/,
    ],
    ['an answer that is given twice', [...good, ...good.slice(0, 1)], /answered twice/],
    ['an answer without a test', changed(0, ['A record.', '']), /no test shows it/],
    ['or with a dash for one', changed(0, ['A record.', '–']), /names no test/],
    ['no answer', changed(0, ['', 'master `barrier`']), /there is no answer/],
    ['a dash without a reason', changed(3, ['–', '–']), /not said why/],
    ['a dash with a test', changed(3, ['– so', 'master `barrier`']), /cannot happen is shown/],
    ['a scenario that there is not', changed(0, ['So.', 'master `x`']), /there is no .*x\.txt/],
    ['of the other core', changed(0, ['So.', 'worker `barrier`']), /there is no .*barrier\.txt/],
    [
      'a file that there is not',
      changed(0, ['So.', '`test/house/x.test.ts` “so”']),
      /there is no test\/house\/x/,
    ],
    [
      'a test that there is not',
      changed(0, ['So.', '`test/house/delivery.test.ts` “so”']),
      /has no test “so”/,
    ],
    [
      'words for a test',
      changed(0, ['So.', 'master `barrier`, surely']),
      /',surely' names no test/,
    ],
    ['later, without need', changed(0, ['So.', 'with recovery']), /needs no recovery/],
  ])('%s', (_what, rows, sentence) => {
    expect(problems(rows).join('\n')).toMatch(sentence)
  })
})
