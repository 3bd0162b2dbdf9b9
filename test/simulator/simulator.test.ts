// A failure names its plan and seed, tells the story, and says how to see it again; `npm run chaos` tries
// many more seeds.
import { expect, test } from 'vitest'
import { planNamed, type Plan } from './plans.ts'
import { SimulationFailed, simulate } from './simulation.ts'

const { PLAN = 'rough', SEED, TRACE } = process.env

function simulateSeeds(plan: Plan, count: number): void {
  for (let seed = 1; seed <= count; seed += 1) simulate(plan, seed)
}

if (SEED !== undefined) {
  test(`plan '${PLAN}', seed ${SEED}`, () => {
    const say = (line: string) => void process.stdout.write(`${line}\n`)
    simulate(planNamed(PLAN), Number(SEED), TRACE === undefined ? undefined : say)
  })
} else {
  test('whatever goes wrong, in the end the books are what is there (seeds 1 to 40)', () => {
    simulateSeeds(planNamed('rough'), 40)
  })

  test('what a cluster must survive costs no executor and no driver (seeds 1 to 10)', () => {
    simulateSeeds(planNamed('gentle'), 10)
  })

  test('a supervised driver that is lost runs nowhere else before its lease has ended (seeds 1 to 15)', () => {
    simulateSeeds(planNamed('lease'), 15)
  })

  test('the same seed goes the same way, another seed another', () => {
    const plan = planNamed('rough')
    const outcome = simulate(plan, 7)
    expect(outcome.launched).toBeGreaterThan(0)
    expect(outcome.runs).toBeGreaterThan(0)
    expect(simulate(plan, 7)).toEqual(outcome)
    expect(simulate(plan, 8).fingerprint).not.toBe(outcome.fingerprint)
  })

  test('a master that gives its workers up too soon is caught, and the failure can be seen again', () => {
    const impatient: Plan = {
      ...planNamed('gentle'),
      master: { workerReturnTimeoutMs: [1_000] },
    }
    const failures: unknown[] = []
    for (let seed = 1; seed <= 10; seed += 1) {
      try {
        simulate(impatient, seed)
      } catch (error) {
        failures.push(error)
      }
    }
    expect(failures.length).toBeGreaterThan(5)
    const [first] = failures
    expect(first).toBeInstanceOf(SimulationFailed)
    expect(String(first)).toMatch(/seed \d+ of plan 'gentle' at \d+:\d\d:\d\d\.\d{3}: RuleBroken: /)
    expect(String(first)).toMatch(/fault +[a-z-]+ [wd]\d/)
    expect(String(first)).toMatch(/PLAN=gentle SEED=\d+ npx vitest run --project simulator$/)
  })
}
