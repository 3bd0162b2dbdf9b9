import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runScenario } from './scenario-runner.ts'

const folder = import.meta.dirname
const scenarios = readdirSync(folder).filter((name) => name.endsWith('.txt'))

test('there are scenarios', () => {
  expect(scenarios.length).toBeGreaterThan(5)
})

// REWRITE=1 writes what really happens into the files; commit the difference only if you can explain
// each line of it.
for (const name of scenarios) {
  test(`scenario ${name}`, () => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    const happened = runScenario(text)
    if (process.env['REWRITE'] === '1') writeFileSync(path, happened)
    else expect(happened).toBe(text)
  })
}
