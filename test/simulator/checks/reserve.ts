// Drivers alone never fill the pool: checked for each driver as it is placed.
import type { DriverId } from '@hearth/common/domain/ids.ts'
import {
  addResources,
  fits,
  NO_RESOURCES,
  subtractResources,
  takeResources,
  type ResourceAmounts,
  type Resources,
} from '@hearth/common/domain/resources.ts'
import { canTakeExecutors } from '@hearth/master/core/books.ts'
import type { Cluster, Worker } from '@hearth/master/core/cluster.ts'
import type { Effect } from '@hearth/master/core/effects.ts'
import type { MasterEvent } from '@hearth/master/core/events.ts'
import { RuleBroken } from '../world.ts'

/** The drivers that this pass gave a place, in order. */
export function placedBy(event: MasterEvent, effects: readonly Effect[]): readonly DriverId[] {
  if (event.type !== 'placement.due') return []
  return effects.flatMap((effect) => {
    if (effect.type !== 'persist' || effect.record?.kind !== 'driver') return []
    return effect.record.workerId === null ? [] : [effect.record.id]
  })
}

/** Throws {@link RuleBroken} for a driver that was `placed` where its first executor would find no room. */
export function checkReserve(cluster: Cluster, placed: readonly DriverId[]): void {
  if (placed.length === 0) return
  const isNew = new Set(placed)
  let held = sum(
    [...cluster.drivers.values()].map((one) => (isNew.has(one.id) ? null : one.resources)),
  )
  for (const id of placed) {
    const driver = cluster.drivers.get(id)
    if (driver === undefined) continue
    held = sum([held, driver.resources])
    if (isWithinShare(cluster, held)) continue
    const { firstExecutor } = driver.description
    if (firstExecutor !== null && !hasRoomBesideDrivers(cluster, firstExecutor)) {
      throw new RuleBroken(`${id} was placed, and beside drivers its first executor has no room`)
    }
  }
}

/** Could `need` be had if no executor ran, with `added` on one worker besides? */
export function hasRoomBesideDrivers(
  { workers }: Cluster,
  need: ResourceAmounts,
  added?: { readonly on: Worker; readonly resources: ResourceAmounts },
): boolean {
  return [...workers.values()].filter(canTakeExecutors).some((worker) => {
    let room: Resources = worker.offered
    for (const { resources } of worker.drivers.values()) {
      if (resources !== null) room = subtractResources(room, resources)
    }
    if (added?.on !== worker) return fits(need, room)
    return fits(need, subtractResources(room, takeResources(added.resources, room)))
  })
}

/** May drivers hold so much whatever their executors find? */
export function isWithinShare({ workers, settings }: Cluster, held: Resources): boolean {
  const alive = [...workers.values()].filter(({ state }) => state === 'alive')
  const { cores, memoryMb } = sum(alive.map(({ offered }) => offered))
  const share = settings.driverMaxShare
  return held.cores <= cores * share && held.memoryMb <= memoryMb * share
}

/** Cores and memory in all. */
export function sum(all: readonly (Resources | null)[]): Resources {
  return all.reduce<Resources>(
    (total, one) =>
      one === null ? total : addResources(total, { cores: one.cores, memoryMb: one.memoryMb }),
    NO_RESOURCES,
  )
}
