// Runs a program of this repository that is TypeScript and not shipped.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundleForNode } from './bundle-for-node.mjs'
import { ROOT, runCommand } from './run-command.mjs'

/**
 * Bundles `entry` to `dist/NAME.mjs` and runs it with the arguments of this process and its output
 * shown. The exit code is 1 when it fails; `options` are esbuild's.
 */
export async function runBundled({ name, entry, limitMinutes, ...options }) {
  const outfile = path.join(ROOT, 'dist', `${name}.mjs`)
  const [bundle] = await bundleForNode({ entryPoints: [entry], outfile, ...options })
  await mkdir(path.dirname(outfile), { recursive: true })
  await writeFile(outfile, bundle.contents)
  const { ok, reason } = await runCommand(process.execPath, [outfile, ...process.argv.slice(2)], {
    show: true,
    limitMinutes,
  })
  if (ok) return
  process.stderr.write(`${name}: ${reason}\n`)
  process.exitCode = 1
}
