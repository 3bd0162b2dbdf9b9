// How this repository turns TypeScript into something that Node 20 runs.
import { build } from 'esbuild'
import { ROOT } from './run-command.mjs'

// CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
const REQUIRE = [
  "import { createRequire as hearthCreateRequire } from 'node:module'",
  'const require = hearthCreateRequire(import.meta.url)',
].join('\n')

/**
 * Bundles as an ES module and returns its files without writing them. `firstLine` stands before all
 * else; the other options are esbuild's.
 */
export async function bundleForNode({ firstLine, ...options }) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: firstLine === undefined ? REQUIRE : `${firstLine}\n${REQUIRE}` },
    write: false,
    logLevel: 'warning',
    ...options,
  })
  return outputFiles
}
