// A worker that is going to leave: it takes nothing new, and what runs goes on to its own end.
import { note, type Out } from './effects.ts'
import type { LinkId, Monotonic } from './events.ts'
import { obeys } from './fence.ts'
import { liveProcesses } from './views.ts'
import type { Worker } from './worker.ts'

/** For good: not even a restart takes it back while processes of this worker live. */
export function decommission(worker: Worker, why: string, out: Out): void {
  if (worker.decommissioning) return
  worker.decommissioning = true
  out.push({ type: 'persist-decommissioning' })
  const left = liveProcesses(worker).length
  note(
    out,
    'info',
    `decommissioned ${why}: takes nothing new; processes that go on to their end: ${left}`,
  )
  // Over every open link: a master that has yet to answer heard of a worker that stays.
  for (const { contact } of worker.masters) {
    if (contact.state !== 'open') continue
    const message = { type: 'worker-decommissioning', workerId: worker.workerId } as const
    out.push({ type: 'send', link: contact.link, message })
  }
}

export function onDecommissionOrdered(
  worker: Worker,
  { link, epoch }: { readonly link: LinkId; readonly epoch: number },
  at: Monotonic,
  out: Out,
): void {
  if (!obeys(worker, link, epoch, 'decommission this worker', at, out)) return
  decommission(worker, 'by order of the master', out)
}
