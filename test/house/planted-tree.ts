import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const SETTINGS = [
  'package.json',
  '.oxlintrc.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.pure.json',
]

/** Files outside the repository, under its settings. */
export interface PlantedTree {
  /** The names of the rules that the linter says each file breaks. */
  lint(): ReadonlyMap<string, readonly string[]>
  /** The lines in which the compiler, with the settings for pure code, refuses something. */
  compilePure(): readonly string[]
  remove(): Promise<void>
}

/**
 * Plants `files` (path → text) in a new directory with the repository's settings and nothing else of
 * it, so that neither a run beside this one nor the working tree ever sees them.
 */
export async function plantTree(files: Readonly<Record<string, string>>): Promise<PlantedTree> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'hearth-planted-'))
  for (const name of SETTINGS) await cp(path.join(ROOT, name), path.join(root, name))
  await symlink(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'))
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return {
    lint: () => rulesByFile(run(root, 'oxlint', ['--type-aware', '--format=json', 'packages'])),
    compilePure: () => {
      const output = run(root, 'tsc', ['-p', 'tsconfig.pure.json', '--pretty', 'false'])
      return output.split('\n').filter((line) => line.includes('error TS'))
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

function run(root: string, tool: string, args: readonly string[]): string {
  const file = path.join(ROOT, 'node_modules', '.bin', tool)
  const { stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8' })
  if (error !== undefined) throw error
  if (stderr !== '') throw new Error(`${tool} complains: ${stderr}`)
  return stdout
}

interface LintReport {
  readonly diagnostics: readonly { readonly filename: string; readonly code?: string }[]
}

function rulesByFile(report: string): ReadonlyMap<string, readonly string[]> {
  const rules = new Map<string, string[]>()
  for (const { filename, code } of (JSON.parse(report) as LintReport).diagnostics) {
    const found = rules.get(filename) ?? []
    found.push(code ?? 'unknown')
    rules.set(filename, found)
  }
  return rules
}
