// Which worker speaks over a connection.
import { workerOfPeer, type Cluster, type Worker } from './cluster.ts'
import type { Out } from './effects.ts'
import type { PeerId } from './events.ts'

/** The worker of the connection; one that has registered nothing is told to register again. */
export function registeredWorker(cluster: Cluster, peer: PeerId, out: Out): Worker | undefined {
  const worker = workerOfPeer(cluster, peer)
  if (worker === undefined) out.push({ type: 'send-worker', peer, message: { type: 'reregister' } })
  return worker
}
