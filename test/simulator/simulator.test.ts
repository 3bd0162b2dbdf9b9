import { expect, test } from 'vitest'
import { planNamed, type Plan } from './plans.ts'
import { simulate } from './simulation.ts'

const PLAN = process.env['PLAN']
const SEED = process.env['SEED']

function seeds(plan: Plan, first: number, count: number): void {
  for (let seed = first; seed < first + count; seed += 1) simulate(plan, seed)
}

if (SEED !== undefined) {
  test(`seed ${SEED} of plan ${PLAN ?? 'rough'}`, () => {
    const plan = planNamed(PLAN ?? 'rough')
    console.log(
      simulate(plan, Number(SEED), process.env['TRACE'] === '1' ? console.log : undefined),
    )
  })
} else {
  test('whatever goes wrong, the books are what is there: seeds 1 to 100', () => {
    seeds(planNamed('rough'), 1, 100)
  })
  test('the same seed goes the same way', () => {
    const plan = planNamed('rough')
    expect(simulate(plan, 7)).toEqual(simulate(plan, 7))
    expect(simulate(plan, 7).fingerprint).not.toBe(simulate(plan, 8).fingerprint)
  })
}
