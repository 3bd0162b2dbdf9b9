// Writes the documents, and parts of documents, that say what the code says. With `--check` it writes
// nothing and exits with 1 when one is out of date.
import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import * as configuration from './documents/configuration.mjs'
import * as states from './documents/states.mjs'
import * as timers from './documents/timers.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { ROOT } from './run-command.mjs'

const stateDocument = (entity, name) => ({
  file: `docs/states/${entity}.md`,
  sources: states.SOURCES,
  render: (tables, text) => states.statesDocument(text, tables[name]),
})

const DOCUMENTS = [
  {
    file: 'docs/configuration.md',
    sources: configuration.SOURCES,
    render: configuration.configuration,
  },
  { file: 'docs/timers.md', sources: timers.SOURCES, render: timers.timers },
  stateDocument('worker', 'WORKER_MOVES'),
  stateDocument('application', 'APPLICATION_MOVES'),
  stateDocument('executor', 'EXECUTOR_MOVES'),
]

const exists = (file) => existsSync(path.join(ROOT, file))

/** All exports that the documents need, each file once. */
function mergeSources(documents) {
  const merged = {}
  for (const { sources } of documents) {
    for (const [file, names] of Object.entries(sources)) {
      merged[file] = [...new Set([...(merged[file] ?? []), ...names])]
    }
  }
  return merged
}

const isCheck = process.argv.includes('--check')
const documents = DOCUMENTS.filter(({ file, sources }) => {
  const missing = Object.keys(sources).filter((source) => !exists(source))
  if (missing.length > 0) console.log(`${file}: skipped, ${missing.join(', ')} does not exist`)
  return missing.length === 0
})
const tables = await loadTypeScript(mergeSources(documents))

for (const { file, render } of documents) {
  const target = path.join(ROOT, file)
  const present = exists(file) ? await readFile(target, 'utf8') : ''
  const wanted = render(tables, present)
  if (present === wanted) continue
  if (isCheck) {
    console.log(`${file} is out of date: run node scripts/generate-docs.mjs`)
    process.exitCode = 1
  } else {
    await writeFile(target, wanted)
    console.log(`${file}: written`)
  }
}
