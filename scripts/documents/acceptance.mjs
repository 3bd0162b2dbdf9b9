// docs/acceptance.md: which rows of the acceptance table a test shows. Nothing is claimed: the names of
// the tests are read from their files.
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../run-command.mjs'
import { ROWS } from './acceptance-rows.mjs'
import { generatedHeading, table } from './markdown.mjs'

export const SOURCES = []

const INTRODUCTION = `
Spark's own test suites say what a standalone cluster manager has to do. Each of their demands is a row
here, and the tests that show a row on Hearth begin their names with its id. A row without a test is not
claimed.
`

// A name in a test file, or the first comment of a scenario.
const IN_TESTS = /['"`]((?:[A-Z]-\d\d[ :]+)+)/g
const IN_SCENARIOS = /^# ((?:[A-Z]-\d\d[ :]+)+)/gm

/** Every test file and scenario below a folder, with the ids that it names. */
function* namedRows(folder) {
  for (const entry of readdirSync(path.join(ROOT, folder), { recursive: true })) {
    const file = path.join(folder, entry)
    if (file.includes('node_modules')) continue
    const pattern = file.endsWith('.test.ts')
      ? IN_TESTS
      : /scenarios.*\.txt$/.test(file)
        ? IN_SCENARIOS
        : undefined
    if (pattern === undefined) continue
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    for (const [, ids] of text.matchAll(pattern)) {
      for (const id of ids.match(/[A-Z]-\d\d/g)) yield { id, file }
    }
  }
}

function findTests() {
  const tests = new Map()
  for (const folder of ['packages', 'test']) {
    for (const { id, file } of namedRows(folder)) {
      if (!tests.has(id)) tests.set(id, new Set())
      tests.get(id).add(file)
    }
  }
  return tests
}

/** The document; throws for a test that names a row that there is not. */
export function acceptance() {
  const tests = findTests()
  const known = new Set(Object.values(ROWS).flatMap((rows) => Object.keys(rows)))
  const unknown = [...tests.keys()].filter((id) => !known.has(id))
  if (unknown.length > 0) throw new Error(`tests name rows that are not there: ${unknown.join()}`)
  const groups = Object.entries(ROWS).map(([group, rows]) => {
    const lines = Object.entries(rows).map(([id, what]) => {
      const files = [...(tests.get(id) ?? [])].sort().map((file) => `\`${file}\``)
      return [id, what, files.length === 0 ? 'not yet' : files.join(', ')]
    })
    return `\n## ${group}\n\n${table(['Row', 'Demands', 'Shown by'], lines)}\n`
  })
  const shown = [...known].filter((id) => tests.has(id)).length
  return `${generatedHeading('Acceptance', 'the names of the tests')}${INTRODUCTION}\nShown: ${shown} of ${known.size} rows.\n${groups.join('')}`
}
