import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import configuration from '../../vitest.config.ts'
import { ROOT } from './planted-tree.ts'

const { SUITES } = (await import(pathToFileURL(path.join(ROOT, 'scripts/suites.mjs')).href)) as {
  SUITES: readonly { name: string }[]
}

test('npm test runs every project of vitest.config.ts', () => {
  const projects = configuration.test?.projects as readonly { test: { name: string } }[]
  expect(SUITES.map(({ name }) => name)).toEqual(projects.map((project) => project.test.name))
})
