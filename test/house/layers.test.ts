// Plants one violation of each layer rule, and innocent files beside them, and asks the linter and the
// compiler. A rule that refuses nothing is a comment; one that refuses the innocent gets switched off.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IMPORT_BAN, IMPURE, INNOCENT, VIOLATIONS } from './planted-files.ts'
import { plantTree, type PlantedTree } from './planted-tree.ts'

function textByFile(files: readonly { file: string; code: string }[]): Record<string, string> {
  return Object.fromEntries(files.map(({ file, code }) => [file, code]))
}

describe('the linter', () => {
  let tree: PlantedTree
  let rules: ReadonlyMap<string, readonly string[]>

  beforeAll(async () => {
    tree = await plantTree({ ...INNOCENT, ...textByFile(VIOLATIONS) })
    rules = tree.lint()
  })
  afterAll(() => tree.remove())

  test.each(VIOLATIONS)('holds that $rule', ({ file, lint = IMPORT_BAN }) => {
    expect(rules.get(file)).toContain(lint)
  })

  test('lets the innocent pass', () => {
    // The second half of the planted cycle stands among them.
    const innocent = Object.keys(INNOCENT).filter((file) => !file.endsWith('/elsewhere.ts'))
    expect(innocent.flatMap((file) => rules.get(file)?.map((rule) => [file, rule]) ?? [])).toEqual(
      [],
    )
  })
})

// In a tree of its own: an import that the linter refuses may bring Node's types with it, and then the
// compiler knows `process` everywhere.
describe('the compiler', () => {
  const isPure = (file: string) => /\/(domain|protocol|core)\//.test(file)
  const innocent = Object.keys(INNOCENT).filter(isPure)
  let tree: PlantedTree
  let refusals: readonly string[]
  const refusalsOf = (file: string) => refusals.filter((line) => line.startsWith(`${file}(`))

  beforeAll(async () => {
    const files = Object.fromEntries(innocent.map((file) => [file, INNOCENT[file] ?? '']))
    tree = await plantTree({ ...files, ...textByFile(Object.values(IMPURE)) })
    refusals = tree.compilePure()
  })
  afterAll(() => tree.remove())

  test.each(Object.entries(IMPURE))('refuses %s in pure code', (_name, { file }) => {
    expect(refusalsOf(file)).not.toEqual([])
  })

  test('lets the innocent pass', () => {
    expect(innocent.flatMap(refusalsOf)).toEqual([])
  })
})
