// Writes the documents, and parts of documents, that say what the code says. With `--check` it writes
// nothing and exits with 1 when one is out of date.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as acceptance from './documents/acceptance.mjs'
import * as configuration from './documents/configuration.mjs'
import * as coverage from './documents/protocol-coverage.mjs'
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
  {
    file: 'docs/protocol-coverage.md',
    sources: coverage.SOURCES,
    render: coverage.protocolCoverage,
  },
  { file: 'docs/acceptance.md', sources: acceptance.SOURCES, render: acceptance.acceptance },
  stateDocument('driver', 'DRIVER_MOVES'),
  stateDocument('worker', 'WORKER_MOVES'),
  stateDocument('application', 'APPLICATION_MOVES'),
  stateDocument('executor', 'EXECUTOR_MOVES'),
]

const isCheck = process.argv.includes('--check')
// Two documents may need the same table: a statement that stands twice is needed once.
const statements = new Set(DOCUMENTS.flatMap(({ sources }) => sources))
const tables = await loadTypeScript([...statements].join('\n'))

for (const { file, render } of DOCUMENTS) {
  const target = path.join(ROOT, file)
  const present = existsSync(target) ? await readFile(target, 'utf8') : ''
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
