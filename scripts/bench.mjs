// `npm run bench -- NAME [options]`: runs a benchmark.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { runBundled } from './run-bundled.mjs'

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

await runBundled({
  name: 'bench',
  entry: 'bench/main.ts',
  limitMinutes: 120,
  plugins: [sourcePaths],
})
