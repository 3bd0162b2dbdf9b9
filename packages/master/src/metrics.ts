// What Prometheus reads from a master.
import { Counter, Gauge, type Registry } from 'prom-client'
import { DRIVER_MOVES } from '@hearth/common/domain/states.ts'
import { viewActiveDrivers, viewCompletedDrivers } from './core/drivers/views.ts'
import { countCluster } from './core/views.ts'
import type { Cluster } from './core/cluster.ts'

/** Gauges that are read from the cluster when they are scraped; nothing is counted twice. */
export function addMasterMetrics(registry: Registry, cluster: Cluster): void {
  const registers = [registry]
  const gauge = (name: string, help: string, labels: string[], collect: (self: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers,
      collect() {
        collect(this)
      },
    })
  gauge('hearth_workers', 'Workers by state', ['state'], (self) => {
    for (const [state, count] of Object.entries(countCluster(cluster).workers)) {
      self.set({ state }, count)
    }
  })
  gauge('hearth_workers_quarantined', 'Workers on which launches keep failing', [], (self) => {
    self.set(countCluster(cluster).quarantined)
  })
  gauge('hearth_workers_decommissioning', 'Workers whose executors drain', [], (self) => {
    self.set(countCluster(cluster).decommissioning)
  })
  gauge('hearth_applications', 'Applications that have not ended, by state', ['state'], (self) => {
    const { waiting, running } = countCluster(cluster)
    self.set({ state: 'waiting' }, waiting)
    self.set({ state: 'running' }, running)
  })
  const driversHelp = 'Drivers by state; ended ones for as long as they are remembered'
  gauge('hearth_drivers', driversHelp, ['state'], (self) => {
    // A state that nobody is in any more is 0, not what it was.
    for (const state of Object.keys(DRIVER_MOVES)) self.set({ state }, 0)
    for (const { state } of [...viewActiveDrivers(cluster), ...viewCompletedDrivers(cluster)]) {
      self.inc({ state })
    }
  })
  gauge('hearth_executors', 'Executors that have not ended', [], (self) => {
    self.set(countCluster(cluster).executors)
  })
}

/** Events stepped, by type: the rate of everything that happens to this master. */
export function createEventCounter(registry: Registry): Counter<'type'> {
  return new Counter({
    name: 'hearth_master_events_total',
    help: 'Events that the master has stepped, by type',
    labelNames: ['type'],
    registers: [registry],
  })
}
