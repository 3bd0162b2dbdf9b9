// Node 20 cannot run TypeScript: the tables that documents are made of are bundled and then imported.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleForNode } from './bundle-for-node.mjs'
import { ROOT } from './run-command.mjs'

/**
 * Imports a module that is given as its TypeScript text, for instance
 * `export { MASTER_CONFIG } from './packages/master/src/config.ts'`; paths start in the root.
 */
export async function loadTypeScript(contents) {
  const [bundle] = await bundleForNode({ stdin: { contents, resolveDir: ROOT, loader: 'ts' } })
  const directory = await mkdtemp(path.join(os.tmpdir(), 'hearth-docs-'))
  try {
    const file = path.join(directory, 'tables.mjs')
    await writeFile(file, bundle.contents)
    return await import(pathToFileURL(file).href)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
