// What must hold of the drivers that the cluster runs when nothing has gone wrong for a while.
import { fits } from '@hearth/common/domain/resources.ts'
import { canTakeExecutors } from '@hearth/master/core/books.ts'
import type { Cluster, Worker } from '@hearth/master/core/cluster.ts'
import { isPlaced, type Driver } from '@hearth/master/core/drivers/driver.ts'
import { driverKey } from '@hearth/master/core/records.ts'
import type { DriverWaitCode } from '@hearth/master/core/drivers/wait.ts'
import type { Victims } from '../faults.ts'
import { hasRoomBesideDrivers, isWithinShare, sum } from './reserve.ts'

/** What is wrong. That what runs is what is counted, the check of the machines says. */
export function* aboutSubmissions({ master }: Victims): Generator<string> {
  const { cluster, submissions, store } = master
  for (const id of submissions.accepted) {
    const present = submissions.presentOf(id)
    if (cluster.drivers.has(present) || submissions.endOf(present) !== undefined) continue
    yield `${id} was accepted, and nobody knows what became of ${present}`
  }
  for (const driver of cluster.drivers.values()) {
    const { id, state, ending } = driver
    if (!store.has(driverKey(id))) yield `${id} is ${state} and not stored`
    if (ending || submissions.isEndPromised(id)) yield `${id} was to end and is ${state}`
    if (state === 'running') continue
    if (state !== 'submitted') yield `${id} is ${state} and does not get on`
    else yield* aboutWait(driver, trueReason(cluster, driver))
  }
}

function* aboutWait({ id, wait }: Driver, truth: DriverWaitCode | undefined): Generator<string> {
  // It was true when the pass came to it; then others, and executors, were placed.
  const wasTrue =
    (wait?.code === 'executor-reserve' && truth === 'too-little-free') || truth === 'driver-limit'
  if (wait?.code !== truth && !wasTrue) {
    yield `${id} waits for ${wait?.code}, and the truth is ${truth ?? 'that it may start'}`
  }
}

function trueReason(cluster: Cluster, driver: Driver): DriverWaitCode | undefined {
  const { maxDrivers } = cluster.settings
  const placed = [...cluster.drivers.values()].filter(isPlaced)
  if (maxDrivers !== null && placed.length >= maxDrivers) return 'driver-limit'
  const alive = [...cluster.workers.values()].filter(({ state }) => state === 'alive')
  if (alive.length === 0) return 'no-workers'
  const usable = alive.filter(canTakeExecutors)
  if (usable.length === 0) return 'no-usable-workers'
  const roomy = usable.filter(({ free }) => fits(driver.description.resources, free))
  if (roomy.length === 0) return 'too-little-free'
  return roomy.some((worker) => mayStart(cluster, driver, worker, placed))
    ? undefined
    : 'executor-reserve'
}

function mayStart(
  cluster: Cluster,
  { description: { resources, firstExecutor } }: Driver,
  on: Worker,
  placed: readonly Driver[],
): boolean {
  const { cores, memoryMb } = resources
  const held = sum([{ cores, memoryMb }, ...placed.map((one) => one.resources)])
  if (isWithinShare(cluster, held)) return true
  const mine = firstExecutor === null ? [] : [firstExecutor]
  const others = placed.flatMap(({ description }) => description.firstExecutor ?? [])
  // What has no room already is not this driver's fault.
  const needs = [...mine, ...others.filter((need) => hasRoomBesideDrivers(cluster, need))]
  return needs.every((need) => hasRoomBesideDrivers(cluster, need, { on, resources }))
}
