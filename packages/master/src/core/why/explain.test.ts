import { describe, expect, it } from 'vitest'
import { runCommands } from '../scenarios/scenario-runner.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'

/** Explains the application with this number after the commands. */
function why(number: number, ...lines: string[]): Explanation {
  const { cluster, lastMs } = runCommands(lines)
  const ids = [...cluster.applications.keys(), ...cluster.completed.map(({ id }) => id)]
  const id = ids.find((one) => one.endsWith(`-000${number}`)) ?? ''
  const explanation = explain(cluster, id, { mono: lastMs, wall: lastMs })
  if (explanation === undefined) throw new Error(`no application ${number}`)
  return explanation
}

const change = ({ profiles: [first] }: Explanation) => first?.change?.text

describe('one reason for each thing that can be in the way', () => {
  it('no worker', () => {
    const answer = why(0, '0 application d1 cores=2')
    expect(answer.profiles[0]?.code).toBe('no-workers')
    expect(answer.summary).toMatch(/waits: no worker is registered/)
    expect(change(answer)).toMatch(/start a worker with at least 2 cores, 1024 MiB/)
  })

  it('cores are taken: who has them, and with how many it would start', () => {
    const answer = why(
      1,
      '0 register w1 cores=4',
      '0 register w2 cores=2',
      '0 application d1 cores=1 max=4',
      '0 application d2 cores=3',
    )
    expect(answer.profiles[0]?.code).toBe('too-little-free')
    expect(answer.profiles[0]?.counts).toEqual({ cores: 2 })
    expect(answer.holders.map(({ name, cores }) => [name, cores])).toEqual([['d1', 4]])
    expect(change(answer)).toBe(
      'with spark.executor.cores=2 it would start now on w1; w1 would take one when 1 cores more are free there',
    )
    expect(
      answer.profiles[0]?.workers.map(({ workerId, verdict, tooSmall }) => [
        workerId,
        verdict,
        tooSmall,
      ]),
    ).toEqual([
      ['w1', 'cores', null],
      ['w2', 'cores', 'cores'],
    ])
  })

  it('no worker is large enough', () => {
    const answer = why(
      0,
      '0 register w1 cores=4 memory=2000',
      '0 application d1 cores=2 memory=3000',
    )
    expect(answer.summary).toMatch(
      /no worker is large enough for one executor of 2 cores, 3000 MiB/,
    )
    expect(change(answer)).toMatch(
      /the closest, w1, would need 1000 MiB more.*spark.executor.memory=2000m/,
    )
  })

  it('a custom resource is missing', () => {
    const answer = why(0, '0 register w1 cores=4 gpu=1', '0 application d1 cores=1 gpu=2')
    expect(answer.profiles[0]?.counts).toEqual({ 'custom:gpu': 1 })
    expect(change(answer)).toMatch(/1 gpu more.*spark.executor.resource.gpu.amount=1/)
  })

  it('a worker that is busy and too small is said to be too small', () => {
    const answer = why(
      1,
      '0 register w1 cores=1 gpu=1',
      '0 application d1 cores=1',
      '0 application d2 cores=1 gpu=2',
    )
    expect(answer.profiles[0]?.workers).toMatchObject([
      { verdict: 'cores', tooSmall: 'custom:gpu' },
    ])
    expect(answer.summary).toMatch(/no worker is large enough.*\(1 with too little gpu\)/)
  })

  it('its own core limit is below one executor', () => {
    const answer = why(0, '0 register w1 cores=8', '0 application d1 cores=4 max=3')
    expect(answer.profiles[0]?.code).toBe('core-limit')
    expect(change(answer)).toBe(
      'raise spark.cores.max from 3 to 4, or lower spark.executor.cores to 3',
    )
  })

  it('its driver is away', () => {
    const answer = why(0, '0 application d1', '1 client-closed d1', '1 register w1')
    expect(answer.profiles[0]?.code).toBe('client-away')
  })

  it('every worker is away, leaving or in quarantine', () => {
    expect(why(0, '0 register w1', '1 worker-closed w1', '1 application d1').summary).toMatch(
      /none of the 1 workers is connected/,
    )
    const leaving = why(0, '0 register w1', '0 decommission w1', '1 application d1')
    expect(leaving.profiles[0]?.code).toBe('no-usable-workers')
    expect(leaving.profiles[0]?.counts).toEqual({ decommissioning: 1 })
  })

  it('launches of it keep failing there', () => {
    const answer = why(
      0,
      '0 register w1 cores=1',
      '0 application d1',
      '0 report w1 app0/0 exited exit=1',
      '0 report w1 app0/1 exited exit=1',
    )
    expect(answer.profiles[0]?.code).toBe('no-usable-workers')
    expect(answer.profiles[0]?.counts).toEqual({ 'backing-off': 1 })
    expect(answer.failuresInARow).toBe(2)
  })

  it('a worker in quarantine, with the reason and what to do', () => {
    const answer = why(
      0,
      'set quarantineFailures=1',
      '0 register w1 cores=1',
      '0 register w2 cores=1',
      '0 application d1 cores=1 limit=2',
      '0 report w1 app0/0 running',
      '0 report w2 app0/1 exited exit=1 message=no-java',
      '1 report w2 app0/2 exited exit=1 message=no-java',
      '10 tick',
    )
    expect(answer.profiles[0]?.counts).toEqual({ cores: 1, quarantined: 1 })
    const [, broken] = answer.profiles[0]?.workers ?? []
    expect(broken?.quarantine).toMatch(/no-java/)
  })
})

it('the place in the order, and who is served before', () => {
  const answer = why(
    3,
    '0 register w1 cores=2',
    '0 application d1',
    '0 application d2 cores=1',
    '0 application d3 cores=1',
    '0 application d4 cores=1',
  )
  expect(answer.place).toEqual({
    position: 3,
    waiting: 3,
    ahead: [expect.stringMatching(/-0001$/), expect.stringMatching(/-0002$/)],
  })
})

it('an application that has what it wants, wants nothing, or is over, does not wait', () => {
  expect(why(0, '0 register w1', '0 application d1').summary).toMatch(/has all the executors/)
  expect(why(0, '0 application d1 limit=0').summary).toMatch(/asks for no executors/)
  expect(why(0, '0 application d1', '1 kill app0').summary).toMatch(/it is over \(killed/)
  expect(why(0, '0 application d1', '1 kill app0').place).toBeNull()
})
