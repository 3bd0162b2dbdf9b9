// Node 20 cannot run TypeScript: the tables that documents are made of are bundled and then imported.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ROOT } from './run-command.mjs'

const BANNER = [
  "import { createRequire as hearthCreateRequire } from 'node:module'",
  'const require = hearthCreateRequire(import.meta.url)',
].join('\n')

/** Imports the named exports of TypeScript files: `{ './packages/…/config.ts': ['MASTER_CONFIG'] }`. */
export async function loadTypeScript(exportsByFile) {
  const contents = Object.entries(exportsByFile)
    .map(([file, names]) => `export { ${names.join(', ')} } from '${file}'`)
    .join('\n')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: BANNER },
    write: false,
    logLevel: 'warning',
  })
  const directory = await mkdtemp(path.join(os.tmpdir(), 'hearth-docs-'))
  try {
    const file = path.join(directory, 'tables.mjs')
    await writeFile(file, outputFiles[0].contents)
    return await import(pathToFileURL(file).href)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
