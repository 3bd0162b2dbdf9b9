// Bundles what is shipped: dist/hearth.js (CLI, master and worker) and dist/launcher.js. Each is one
// self-contained file, read whole when it starts, so that an upgrade may replace it beneath a running
// process. Names and lines are kept: a stack trace from the field says where it happened.
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = path.join(ROOT, 'dist')

const BUNDLES = [
  { entry: 'packages/cli/src/main.ts', file: 'hearth.js' },
  { entry: 'packages/worker/src/launcher/main.ts', file: 'launcher.js' },
]

// CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
const BANNER = [
  '#!/usr/bin/env node',
  "import { createRequire as hearthCreateRequire } from 'node:module'",
  'const require = hearthCreateRequire(import.meta.url)',
].join('\n')

/** Bundles one entry and returns the size of the program in bytes. */
async function bundle({ entry, file }) {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: path.join(DIST, file),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: BANNER },
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'linked',
    write: false,
    logLevel: 'warning',
  })
  let programBytes = 0
  // A daemon may start while a build runs: each file appears whole or not at all.
  for (const output of result.outputFiles) {
    const isProgram = output.path.endsWith('.js')
    const partial = `${output.path}.${process.pid}.partial`
    await writeFile(partial, output.contents)
    if (isProgram) {
      await chmod(partial, 0o755)
      programBytes = output.contents.length
    }
    await rename(partial, output.path)
  }
  return programBytes
}

await mkdir(DIST, { recursive: true })
for (const target of BUNDLES) {
  const startedAt = performance.now()
  try {
    const bytes = await bundle(target)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`dist/${target.file}: ${Math.ceil(bytes / 1024)} KiB in ${seconds} s`)
  } catch (error) {
    // What is wrong with the source has been printed already.
    if (error.errors === undefined) throw error
    console.error(`dist/${target.file} was not built from ${target.entry}`)
    process.exitCode = 1
  }
}
