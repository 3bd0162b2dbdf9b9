// What an installation brings with it besides Hearth. A dependency is added against these limits.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './planted-tree.ts'

const MAX_RUNTIME_PACKAGES = 80
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
])

interface LockedPackage {
  readonly dev?: boolean
  readonly link?: boolean
  readonly license?: string
  readonly hasInstallScript?: boolean
}
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))

const lock = read('package-lock.json') as {
  readonly packages: Readonly<Record<string, LockedPackage>>
}
const runtime = Object.entries(lock.packages).filter(
  ([name, { dev, link }]) => name.includes('node_modules/') && dev !== true && link !== true,
)
const named = (packages: typeof runtime) => packages.map(([name]) => name)

test('at runtime there are at most 80 packages', () => {
  expect(runtime.length).toBeLessThanOrEqual(MAX_RUNTIME_PACKAGES)
})

test('no runtime package runs a script when it is installed', () => {
  expect(named(runtime.filter(([, { hasInstallScript }]) => hasInstallScript === true))).toEqual([])
})

test('every runtime package has a licence that asks for nothing but its notice', () => {
  expect(named(runtime.filter(([, { license }]) => !LICENCES.has(license ?? 'none')))).toEqual([])
})

test('versions are exact', () => {
  const packages = readdirSync(path.join(ROOT, 'packages'))
  const manifests = ['package.json', ...packages.map((name) => `packages/${name}/package.json`)]
  const inexact = manifests.flatMap((file) => {
    const { dependencies, devDependencies } = read(file) as Manifest
    return Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
      .map(([name, version]) => `${file}: ${name} ${version}`)
  })
  expect(inexact).toEqual([])
})
