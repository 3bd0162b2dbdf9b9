// Bundles what is shipped into dist: hearth.js (CLI, master and worker) and launcher.js. The parts of
// hearth.js that only some commands need are files of their own beside it, so that a command which only
// reads starts quickly. The launcher is one file, read whole when it starts: it outlives an upgrade that
// replaces the files beneath it. Names and lines are kept: a stack trace says where it happened.
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundleForNode } from './bundle-for-node.mjs'
import { ROOT } from './run-command.mjs'

const DIST = path.join(ROOT, 'dist')

const PROGRAMS = [
  { name: 'hearth', entry: 'packages/cli/src/main.ts', splitting: true },
  { name: 'launcher', entry: 'packages/worker/src/launcher/main.ts', splitting: false },
]

/** Another process may be starting from the files of an earlier build. */
const STALE_AFTER_MS = 3_600_000

function bundle({ name, entry, splitting }) {
  return bundleForNode({
    entryPoints: { [name]: entry },
    outdir: DIST,
    chunkNames: `${name}-[name]-[hash]`,
    splitting,
    firstLine: '#!/usr/bin/env node',
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'linked',
  })
}

/** Writes a file whole or not at all: a daemon may start while a build runs. */
async function replaceFile({ path: target, contents }, mode) {
  const partial = `${target}.${process.pid}.partial`
  await writeFile(partial, contents)
  await chmod(partial, mode)
  await rename(partial, target)
}

async function removeStale(written) {
  for (const name of await readdir(DIST)) {
    const file = path.join(DIST, name)
    const isOurs = PROGRAMS.some((program) => name.startsWith(`${program.name}-`))
    if (!isOurs || written.has(file)) continue
    const { mtimeMs } = await stat(file)
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await rm(file)
  }
}

const written = new Set()
await mkdir(DIST, { recursive: true })
for (const program of PROGRAMS) {
  const startedAt = performance.now()
  const outputs = await bundle(program).catch((error) => {
    // What is wrong with the source has been printed already.
    if (error.errors === undefined) throw error
    return undefined
  })
  if (outputs === undefined) {
    console.error(`dist/${program.name}.js was not built from ${program.entry}`)
    process.exitCode = 1
    continue
  }
  const main = path.join(DIST, `${program.name}.js`)
  // The program comes last, when everything that it loads is there.
  const ordered = outputs.toSorted((a, b) => Number(a.path === main) - Number(b.path === main))
  for (const output of ordered) {
    await replaceFile(output, output.path === main ? 0o755 : 0o644)
    written.add(output.path)
  }
  const code = outputs.filter((output) => output.path.endsWith('.js'))
  const kib = Math.ceil(code.reduce((bytes, { contents }) => bytes + contents.length, 0) / 1024)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`dist/${program.name}.js: ${kib} KiB in ${code.length} files, ${seconds} s`)
}
await removeStale(written)
