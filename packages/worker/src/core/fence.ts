// The fence: a master of an ended term must not command this worker. A term is named by the cluster
// and its epoch together, because an epoch counts from the start again when a store was wiped.
import { note, type Fence, type Out } from './effects.ts'
import type { LinkId, Monotonic } from './events.ts'
import type { Worker } from './worker.ts'

export function isOlderThanFence({ fence }: Worker, { clusterId, epoch }: Fence): boolean {
  return fence !== null && fence.clusterId === clusterId && epoch < fence.epoch
}

/** Takes a newer term, or another cluster's, as the one to obey, and has it written down. */
export function raiseFence(worker: Worker, { clusterId, epoch }: Fence, out: Out): void {
  const { fence, leader } = worker
  if (isOlderThanFence(worker, { clusterId, epoch })) return
  if (leader !== null && leader.clusterId === clusterId) worker.leader = { ...leader, epoch }
  if (fence?.clusterId === clusterId && fence.epoch === epoch) return
  if (fence !== null && fence.clusterId !== clusterId) {
    note(out, 'warn', `cluster ${fence.clusterId} is now ${clusterId}: its store was replaced`)
  }
  worker.fence = { clusterId, epoch }
  out.push({ type: 'persist-fence', fence: worker.fence })
}

/**
 * True when an order over `link` is the leader's; says why not otherwise. A newer epoch than the
 * registration's is the same master in a later term.
 */
export function obeys(
  worker: Worker,
  link: LinkId,
  epoch: number,
  order: string,
  at: Monotonic,
  out: Out,
): boolean {
  const { leader, fence } = worker
  if (leader?.link !== link) {
    note(out, 'warn', `refused to ${order}: the order is not from the leader`)
    return false
  }
  leader.lastHeardAt = at
  if (isOlderThanFence(worker, { clusterId: leader.clusterId, epoch })) {
    note(out, 'warn', `refused to ${order}: epoch ${epoch} is over, now is ${fence?.epoch}`)
    return false
  }
  raiseFence(worker, { clusterId: leader.clusterId, epoch }, out)
  return true
}
