// What clients ask of drivers: submit one, end one, end all, forget what is over.
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { MasterEvent, Now } from '../events.ts'

type Event<Type extends MasterEvent['type']> = Extract<MasterEvent, { type: Type }>

export function onDriverSubmitRequested(
  _cluster: Cluster,
  { request }: Event<'driver.submit-requested'>,
  _now: Now,
  out: Out,
): void {
  const reason = 'this master runs no drivers yet'
  out.push({ type: 'reply', request, reply: { type: 'refused', reason } })
}

export function onDriverKillRequested(
  _cluster: Cluster,
  { request, driverId }: Event<'driver.kill-requested'>,
  _now: Now,
  out: Out,
): void {
  const reason = `no driver that is not over has the id ${driverId}`
  out.push({ type: 'reply', request, reply: { type: 'not-found', reason } })
}
