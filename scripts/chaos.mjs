// `npm run chaos -- [options]`: bundles the simulator, which is TypeScript, and runs many seeds of it.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundleForNode } from './bundle-for-node.mjs'
import { ROOT, runCommand } from './run-command.mjs'

const LIMIT_MINUTES = 600

const outfile = path.join(ROOT, 'dist', 'chaos.mjs')
const [bundle] = await bundleForNode({
  entryPoints: [path.join(ROOT, 'test', 'simulator', 'chaos.ts')],
  outfile,
})
await mkdir(path.dirname(outfile), { recursive: true })
await writeFile(outfile, bundle.contents)
const { ok, reason } = await runCommand(process.execPath, [outfile, ...process.argv.slice(2)], {
  show: true,
  limitMinutes: LIMIT_MINUTES,
})
if (!ok) {
  process.stderr.write(`chaos: ${reason}\n`)
  process.exitCode = 1
}
