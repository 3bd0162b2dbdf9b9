// What must hold after every step. Checked in tests and in the simulator; a failure names the entity
// and what happened to it.
import {
  addResources,
  isSameResources,
  NO_RESOURCES,
  subtractResources,
} from '@hearth/common/domain/resources.ts'
import { isApplicationOver, isDriverOver, isExecutorOver } from '@hearth/common/domain/states.ts'
import { canTakeExecutors, isCounted } from './books.ts'
import { coreLimit, executorKey, type Application, type Cluster } from './cluster.ts'
import { isPlaced } from './drivers/driver.ts'
import { BrokenInvariant } from './moves.ts'

/** Throws {@link BrokenInvariant} for the first thing that is wrong. */
export function checkInvariants(cluster: Cluster): void {
  checkWorkerBooks(cluster)
  checkApplicationBooks(cluster)
  checkDrivers(cluster)
  checkIndexes(cluster)
}

function checkWorkerBooks(cluster: Cluster): void {
  for (const worker of cluster.workers.values()) {
    const fail = (what: string): never => {
      throw new BrokenInvariant(`worker ${worker.id}: ${what}`, worker.story)
    }
    let used = NO_RESOURCES
    for (const executor of worker.executors.values()) {
      if (isExecutorOver(executor.state)) fail(`counts the ended executor ${executorKey(executor)}`)
      if (executor.workerId !== worker.id)
        fail(`counts another's executor ${executorKey(executor)}`)
      const application = cluster.applications.get(executor.applicationId)
      if (application?.executors.get(executor.number) !== executor) {
        fail(`counts ${executorKey(executor)}, which its application does not`)
      }
      used = addResources(used, executor.resources)
    }
    for (const driver of worker.drivers.values()) {
      if (cluster.drivers.get(driver.id) !== driver)
        fail(`counts driver ${driver.id}, which is over`)
      if (driver.workerId !== worker.id || driver.resources === null) {
        fail(`counts driver ${driver.id}, which holds nothing of it`)
      }
      used = addResources(used, driver.resources ?? NO_RESOURCES)
    }
    if (!isSameResources(used, worker.used)) {
      fail(
        `books ${JSON.stringify(worker.used)}, its executors and drivers hold ${JSON.stringify(used)}`,
      )
    }
    for (const [name, addresses] of Object.entries(used.custom ?? {})) {
      if (new Set(addresses).size < addresses.length) fail(`gives one ${name} twice`)
    }
    if (!isSameResources(worker.free, subtractResources(worker.offered, worker.used))) {
      fail(`counts ${JSON.stringify(worker.free)} as free of ${JSON.stringify(worker.offered)}`)
    }
    const isPlaceable = canTakeExecutors(worker) && worker.free.cores > 0
    if (isPlaceable !== cluster.order.has(worker.id)) {
      fail(`can${isPlaceable ? '' : 'not'} be given executors, and placement thinks otherwise`)
    }
    if ((worker.state === 'alive') !== (worker.peer !== null)) {
      fail(`is ${worker.state} with connection ${worker.peer}`)
    }
    if (worker.state === 'dead' && worker.executors.size > 0) fail('is dead and holds executors')
    if (worker.state === 'dead' && worker.drivers.size > 0) fail('is dead and holds drivers')
  }
}

function checkApplicationBooks(cluster: Cluster): void {
  for (const application of cluster.applications.values()) {
    const fail = (what: string): never => {
      throw new BrokenInvariant(`application ${application.id}: ${what}`, application.story)
    }
    for (const executor of application.executors.values()) {
      const worker = cluster.workers.get(executor.workerId)
      if (worker?.executors.get(executorKey(executor)) !== executor) {
        fail(`counts executor ${executor.number}, which its worker does not`)
      }
      if (executor.number >= application.nextExecutor) fail(`will number ${executor.number} again`)
    }
    const isOver = isApplicationOver(application.state)
    if (isOver && application.executors.size === 0) fail('is over and has not been retired')
    if (isOver && application.peer !== null) fail('is over and keeps its connection')
    const isRunning = application.executors.size > 0
    if (!isOver && isRunning !== (application.state === 'running')) {
      fail(`is ${application.state} with ${application.executors.size} executors`)
    }
    checkCounts(application, fail)
    if (application.coresHeld > coreLimit(cluster, application)) {
      fail(`holds more cores than its limit ${coreLimit(cluster, application)}`)
    }
  }
}

function checkCounts(application: Application, fail: (what: string) => never): void {
  let cores = 0
  const live = new Map<number, number>()
  for (const executor of application.executors.values()) {
    if (!executor.decommissioned) cores += executor.resources.cores
    if (isCounted(executor)) live.set(executor.profile, (live.get(executor.profile) ?? 0) + 1)
  }
  if (cores !== application.coresHeld) fail(`counts ${application.coresHeld} cores, holds ${cores}`)
  for (const profile of application.profiles.values()) {
    const counted = live.get(profile.id) ?? 0
    if (profile.live !== counted) {
      fail(`counts ${profile.live} executors of profile ${profile.id}, has ${counted}`)
    }
  }
}

function checkDrivers(cluster: Cluster): void {
  for (const driver of cluster.drivers.values()) {
    const fail = (what: string): never => {
      throw new BrokenInvariant(`driver ${driver.id}: ${what}`, driver.story)
    }
    if (isDriverOver(driver.state)) fail(`is ${driver.state} and has not been retired`)
    const isWaiting = driver.state === 'submitted'
    if (isWaiting !== cluster.waitingDrivers.has(driver))
      fail(`is ${driver.state}, and the queue thinks otherwise`)
    if (isWaiting === isPlaced(driver))
      fail(`is ${driver.state} and holds ${JSON.stringify(driver.resources)}`)
    const worker = driver.workerId === null ? undefined : cluster.workers.get(driver.workerId)
    if (!isWaiting && worker?.drivers.get(driver.id) !== driver)
      fail('its worker does not count it')
    if (driver.state === 'restarting' && driver.notBefore === null) fail('is never run again')
    if (driver.state === 'running' && !driver.ordered) fail('runs without an order')
    if (!isWaiting && driver.failedSave !== null) fail('has a place, and its record is not stored')
    if (!isWaiting && driver.replaces !== null) fail('has a place before its own record is stored')
  }
  for (const { id, state, story } of cluster.waitingDrivers) {
    if (!cluster.drivers.has(id))
      throw new BrokenInvariant(`driver ${id} waits and is ${state}`, story)
  }
}

function checkIndexes(cluster: Cluster): void {
  for (const [peer, workerId] of cluster.workerByPeer) {
    const worker = cluster.workers.get(workerId)
    if (worker?.peer !== peer) {
      throw new BrokenInvariant(
        `peer ${peer} is indexed for worker ${workerId}`,
        worker?.story ?? [],
      )
    }
  }
  const withAddress = [...cluster.workers.values()].filter(
    (worker) => worker.state !== 'dead' && worker.launcherPort !== 0,
  )
  for (const { id, host, launcherPort, story } of withAddress) {
    const holder = cluster.workerByAddress.get(`${host}:${launcherPort}`)
    if (holder === id) continue
    throw new BrokenInvariant(`the address of worker ${id} is indexed for ${holder}`, story)
  }
  if (cluster.workerByAddress.size !== withAddress.length) {
    throw new BrokenInvariant('an address is indexed that no living worker has', [])
  }
  for (const [peer, id] of cluster.applicationByPeer) {
    const application = cluster.applications.get(id)
    if (application?.peer === peer) continue
    throw new BrokenInvariant(`peer ${peer} is indexed for ${id}`, application?.story ?? [])
  }
  for (const [client, id] of cluster.applicationByClient) {
    const application = cluster.applications.get(id)
    if (application !== undefined && !isApplicationOver(application.state)) continue
    throw new BrokenInvariant(`client ${client} is indexed for ${id}`, application?.story ?? [])
  }
}
