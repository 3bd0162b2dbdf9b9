// `npm run bench -- NAME [options]`: bundles the benchmark, which is TypeScript, and runs it.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleForNode } from './bundle-for-node.mjs'
import { ROOT, runCommand } from './run-command.mjs'

const LIMIT_MINUTES = 120

// Sources find their fixtures by where they lie themselves, which a bundle would move.
const sourcePaths = {
  name: 'source-paths',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8')
      const contents = text
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
      return { contents, loader: 'ts' }
    })
  },
}

const outfile = path.join(ROOT, 'dist', 'bench.mjs')
const [bundle] = await bundleForNode({
  entryPoints: [path.join(ROOT, 'bench', 'main.ts')],
  outfile,
  plugins: [sourcePaths],
})
await mkdir(path.dirname(outfile), { recursive: true })
await writeFile(outfile, bundle.contents)
const { ok, reason } = await runCommand(process.execPath, [outfile, ...process.argv.slice(2)], {
  show: true,
  limitMinutes: LIMIT_MINUTES,
})
if (!ok) {
  process.stderr.write(`benchmark: ${reason}\n`)
  process.exitCode = 1
}
