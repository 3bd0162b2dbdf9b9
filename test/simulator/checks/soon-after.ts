// What must hold soon after everything was mended: what can be seen at once is not left to a time-out.
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import type { Victims } from '../faults.ts'
import { RuleBroken, type World } from '../world.ts'

/** Enough for retransmissions, restarts and dials that hang; less than any time-out. */
export const SOON_MS = 40_000

/** Throws {@link RuleBroken} with everything that is wrong. */
export function checkSoonAfter({ timeline, network }: World, victims: Victims): void {
  const wrong = [...aboutDrivers(timeline.now, network, victims), ...aboutLaunchers(victims)]
  if (wrong.length > 0) throw new RuleBroken(`soon after the mending: ${wrong.join('; ')}`)
}

// A driver that is gone from a machine that is there refuses to be dialled.
function* aboutDrivers(
  now: number,
  network: World['network'],
  { master, workload }: Victims,
): Generator<string> {
  for (const { applicationId, endedAt, endedHow, host } of workload.drivers) {
    if (applicationId === null || endedAt === null || now - endedAt < SOON_MS) continue
    if (endedHow === 'loses power' || !network.isOn(host)) continue
    const application = master.cluster.applications.get(applicationId)
    if (application !== undefined && !isApplicationOver(application.state)) {
      yield `${applicationId} is ${application.state}, though its driver could be seen to be gone`
    }
  }
}

function* aboutLaunchers({ master, machines }: Victims): Generator<string> {
  const workers = [...master.cluster.workers.values()].filter(({ state }) => state !== 'dead')
  const addresses = new Set<string>()
  for (const { id, host, launcherPort } of workers) {
    const address = `${host}:${launcherPort}`
    if (addresses.has(address)) yield `two workers are at ${address}, one of them ${id}`
    addresses.add(address)
  }
  // Without a worker and a launcher its port is refused.
  for (const { isOn, worker, launcher, workerId } of machines) {
    if (!isOn || worker !== null || launcher?.isOver === false) continue
    const known = workers.find(({ id }) => id === workerId)
    if (known !== undefined) yield `${known.id} is ${known.state}, though its launcher is dead`
  }
}
