// What the documents point at must be there.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './planted-tree.ts'

const inDocs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .concat(inDocs.map((file) => `docs/${file}`))
  .filter((file) => file.endsWith('.md'))

/** Targets of links to files, without those to other sites and to a heading of the same page. */
function linkedFiles(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** Files and folders of a package that stand in the text as code, with or without `packages/`. */
function namedSources(text: string): string[] {
  return [...text.matchAll(/`(?:packages\/)?((?:common|master|worker|cli)\/src\/[\w./-]*)`/g)].map(
    ([, source = '']) => `packages/${source}`,
  )
}

test.each(DOCUMENTS)('%s points at what exists', (document) => {
  const text = readFileSync(path.join(ROOT, document), 'utf8')
  const linked = linkedFiles(text).map((target) => path.join(path.dirname(document), target))
  const missing = [...linked, ...namedSources(text)].filter(
    (file) => !existsSync(path.join(ROOT, file)),
  )
  expect(missing).toEqual([])
})
