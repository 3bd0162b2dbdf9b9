// Where drivers run. They are placed before any executor, in the order of their submission; one that fits
// nowhere stops nobody behind it (Master.schedule, 3.5 and 4.x).
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import { amountsKey } from '@hearth/common/domain/resources.ts'
import { isBackingOff } from '../backoff.ts'
import { isAdmitted, type Cluster, type Worker } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import { lackOf, type Lack } from '../placement/lack.ts'
import { addLacks, countPool, waitCodeOf } from '../placement/pool-counts.ts'
import { NO_COUNTS } from '../placement/wait.ts'
import type { Driver } from './driver.ts'
import { ExecutorReserve } from './executor-reserve.ts'
import { isPreferred } from './pass-over.ts'
import { placeDriver } from './runs.ts'
import { describeDriverWait, type DriverWait, type DriverWaitCode } from './wait.ts'

/** One pass over the drivers that wait. */
export function placeDrivers(cluster: Cluster, now: Now, out: Out): void {
  if (cluster.waitingDrivers.size === 0) return
  const reserve = new ExecutorReserve(cluster)
  // What is free only shrinks within a pass: what nobody could take once, nobody can take later.
  const dry = new Map<string, DriverWait>()
  for (const driver of [...cluster.waitingDrivers]) {
    const shape = shapeOf(driver.description)
    const wait = blockOfDriver(cluster, driver, now) ?? dry.get(shape) ?? null
    driver.wait = wait
    if (wait === null) {
      const choice = chooseWorker(cluster, driver, reserve, now)
      if ('worker' in choice) {
        placeDriver(cluster, driver, choice.worker, now, out)
        reserve.hold(driver.description)
        continue
      }
      driver.wait = choice
      // Others may get what this one passes over.
      if (choice.code !== 'not-taken') dry.set(shape, choice)
    }
    note(driver, out)
  }
}

/** Why the driver may not be placed whatever is free; undefined when it may. */
export function blockOfDriver(cluster: Cluster, driver: Driver, now: Now): DriverWait | undefined {
  const block = (code: DriverWaitCode) => ({ code, counts: NO_COUNTS })
  if (driver.failedSave !== null) return block('store-failed')
  if (!isAdmitted(driver)) return block('not-stored')
  if (driver.notBefore !== null && driver.notBefore > now.mono) {
    return block(driver.attempt === 0 ? 'former-run' : 'not-taken')
  }
  const { maxDrivers } = cluster.settings
  const placed = cluster.drivers.size - cluster.waitingDrivers.size
  return maxDrivers !== null && placed >= maxDrivers ? block('driver-limit') : undefined
}

// Spread: the worker with the fewest drivers, of these the one that executors would get first. Packed: the
// first by its id. Those that did not take the driver come last, and some of them not at all for now.
function chooseWorker(
  cluster: Cluster,
  driver: Driver,
  reserve: ExecutorReserve,
  now: Now,
): { readonly worker: Worker } | DriverWait {
  const { spreadOutDrivers } = cluster.settings
  const { resources } = driver.description
  const lacks = new Map<Lack | 'excluded', number>()
  const found: { best?: Worker; isReserved: boolean } = { isReserved: false }
  cluster.order.visit((worker) => {
    const isKeptOff = isBackingOff(driver, worker, now)
    const lack = lackOf(resources, worker.free) ?? (isKeptOff ? 'excluded' : undefined)
    if (lack !== undefined) {
      lacks.set(lack, (lacks.get(lack) ?? 0) + 1)
      return true
    }
    const { best } = found
    if (best !== undefined && !isPreferred(driver, worker, best, spreadOutDrivers)) return true
    if (!reserve.allows(driver.description, worker)) {
      found.isReserved = true
      return true
    }
    found.best = worker
    return !spreadOutDrivers || worker.drivers.size > 0 || driver.backoffs.size > 0
  })
  if (found.best !== undefined) return { worker: found.best }
  const counts = addLacks(cluster, countPool(cluster), lacks)
  if (counts.backingOff > 0) return { code: 'not-taken', counts }
  return { code: found.isReserved ? 'executor-reserve' : waitCodeOf(counts), counts }
}

function shapeOf({ resources, firstExecutor }: DriverDescription): string {
  return `${amountsKey(resources)}, ${firstExecutor === null ? '' : amountsKey(firstExecutor)}`
}

function note(driver: Driver, out: Out): void {
  const { id, wait } = driver
  // Of what the store does is said where it is heard.
  const isStored = wait?.code !== 'not-stored' && wait?.code !== 'store-failed'
  if (wait === null || !isStored || driver.notedWait === wait.code) return
  driver.notedWait = wait.code
  const text = `driver ${id} waits: ${describeDriverWait(wait)}; \`hearth why ${id}\` says more`
  out.push({ type: 'note', level: 'info', about: `driver:${id}`, text })
}
