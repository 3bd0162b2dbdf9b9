import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { rmSync } from 'node:fs'
import { aDriverKey, aKey, bundleLauncher, LauncherBench } from '../launcher-fixture.ts'
import { Lease } from './lease.ts'

describe('the time of a lease', () => {
  let suspendedMs: number
  let expiries: number
  let lease: Lease
  const uptimeMs = () => Date.now() + suspendedMs
  const renew = (leaseMs: number) => lease.renew(uptimeMs() + leaseMs)
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 })
    suspendedMs = 0
    expiries = 0
    lease = new Lease({
      uptimeMs,
      onExpired: () => expiries++,
    })
  })
  afterEach(() => {
    lease.stop()
    vi.useRealTimers()
  })

  test('there is none before the first renewal, and nothing to expire', () => {
    expect(lease.isValid).toBe(false)
    vi.advanceTimersByTime(1_000_000)
    expect(expiries).toBe(0)
  })

  test('it runs out once, within a second of its end', () => {
    renew(60_000)
    vi.advanceTimersByTime(59_999)
    expect([lease.isValid, expiries]).toEqual([true, 0])
    vi.advanceTimersByTime(1001)
    expect([lease.isValid, expiries]).toEqual([false, 1])
    vi.advanceTimersByTime(1_000_000)
    expect(expiries).toBe(1)
  })

  test('a renewal counts from when it comes, and the latest one alone, also when it is shorter', () => {
    renew(60_000)
    vi.advanceTimersByTime(50_000)
    renew(60_000)
    vi.advanceTimersByTime(59_000)
    expect(expiries).toBe(0)
    renew(3_600_000)
    renew(5000)
    vi.advanceTimersByTime(6001)
    expect([lease.isValid, expiries]).toEqual([false, 1])
    renew(5000)
    expect([lease.isValid, expiries]).toEqual([true, 1])
  })

  test('time that the machine slept counts, and a renewal that comes after it does not mend that', () => {
    renew(60_000)
    suspendedMs = 60_000
    expect(lease.isValid).toBe(false)
    renew(60_000)
    expect([lease.isValid, expiries]).toEqual([true, 1])
    suspendedMs = 180_000
    vi.advanceTimersByTime(1000)
    expect(expiries).toBe(2)
  })

  test('a renewal that was long on its way ends when it was meant to', () => {
    const endsAtMs = uptimeMs() + 60_000
    vi.advanceTimersByTime(50_000)
    lease.renew(endsAtMs)
    vi.advanceTimersByTime(9_999)
    expect(lease.isValid).toBe(true)
    vi.advanceTimersByTime(1_001)
    expect([lease.isValid, expiries]).toEqual([false, 1])
    lease.renew(endsAtMs)
    expect(lease.isValid).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(expiries).toBe(2)
  })

  test('a renewal of nothing is none', () => {
    renew(0)
    expect(lease.isValid).toBe(false)
    vi.advanceTimersByTime(1000)
    expect(expiries).toBe(1)
  })
})

describe('a launcher', () => {
  let program: string
  let bench: LauncherBench
  beforeAll(async () => {
    program = await bundleLauncher()
  })
  afterAll(() => rmSync(program, { recursive: true }))
  beforeEach(() => {
    bench = new LauncherBench()
  })
  afterEach(() => bench.cleanUp())

  const leasedOrder = (attempt: number, script = 'exec sleep 600') => ({
    ...bench.order(script, { key: aDriverKey(attempt) }),
    leased: true,
  })

  test('starts a leased process only under a lease', async () => {
    const { launcher, events } = await bench.open()
    launcher.launch(leasedOrder(1))
    expect(await events.next('process-not-taken', 1)).toMatchObject({
      message: 'no master has leased it, or the lease has run out',
    })
    launcher.renewLease(60_000)
    launcher.launch(leasedOrder(2))
    await events.next('process-started', 2)
  })

  test('ends what is leased when the lease has run out, and nothing else', async () => {
    const { launcher, events } = await bench.open({ driverGraceMs: 100 })
    launcher.renewLease(60_000)
    const deaf = leasedOrder(1, "trap '' TERM; echo > ready; while :; do sleep 600; done")
    launcher.launch(deaf)
    launcher.launch(bench.order('exec sleep 600', { key: aDriverKey(2) }))
    launcher.launch(bench.order('exec sleep 600', { executor: 3 }))
    await bench.fileOf(deaf, 'ready')
    await events.next('process-started', 2)
    await events.next('process-started', 3)
    // Only now: until all of them run it must last, however long that takes.
    launcher.renewLease(1000)
    expect(await events.next('process-exited')).toEqual({
      ...{ type: 'process-exited', key: aDriverKey(1), exitCode: 137, killed: true },
      message: 'no master renewed its lease in time',
    })
    expect(bench.running()).toHaveLength(2)
    launcher.kill(aKey(3))
    expect(await events.next('process-exited', 3)).toMatchObject({ killed: true, message: null })
  })

  test('ends what is leased also while no worker is there, and tells the next one', async () => {
    const { launcher, events } = await bench.open()
    launcher.renewLease(60_000)
    launcher.launch(leasedOrder(1))
    await events.next('process-started', 1)
    launcher.renewLease(1000)
    await launcher.detach()
    await bench.noneLeft()
    // The process is gone before its end is on disk; a worker that comes in between is told of it.
    const next = await bench.open()
    const end =
      next.launcher.held[0]?.state === 'running'
        ? await next.events.next('process-exited', 1)
        : next.launcher.held[0]
    expect(end).toMatchObject({
      ...{ key: aDriverKey(1), exitCode: 143, killed: true },
      message: 'no master renewed its lease in time',
    })
  })
})
