// While nothing goes wrong nobody reconnects: a cluster that mends itself again and again is broken.
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import type { PeerId } from '@hearth/master/core/events.ts'
import type { Victims } from '../faults.ts'
import { RuleBroken } from '../world.ts'

/** The connections of workers, as the master names them. */
export type Connections = ReadonlyMap<WorkerId, PeerId>

export function connectionsOf({ master }: Victims): Connections {
  const { workerByPeer } = master.cluster
  return new Map([...workerByPeer].map(([peer, workerId]) => [workerId, peer]))
}

/** Throws {@link RuleBroken} when a worker that runs had another connection `before`. */
export function checkSteady(before: Connections, victims: Victims): void {
  const now = connectionsOf(victims)
  for (const { workerId, worker } of victims.machines) {
    if (worker === null || workerId === null) continue
    const [was, is] = [before.get(workerId), now.get(workerId)]
    if (was !== undefined && was !== is) {
      throw new RuleBroken(`${workerId} connected again (${was}, ${is}) though nothing went wrong`)
    }
  }
}
