// What Prometheus reads from a worker; the names follow Spark's gauges (WorkerSource, 3.5 to 4.3).
import { Gauge, type Registry } from 'prom-client'
import type { WorkerView } from './core/views.ts'

/** Gauges that are read from the worker when they are scraped; nothing is counted twice. */
export function addWorkerMetrics(registry: Registry, view: () => WorkerView): void {
  const gauge = (name: string, help: string, value: (worker: WorkerView) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(view()))
      },
    })
  gauge(
    'hearth_worker_executors',
    'Executors that have not ended',
    (worker) => worker.executors.length,
  )
  gauge('hearth_worker_drivers', 'Drivers that have not ended', ({ drivers }) => drivers.length)
  gauge(
    'hearth_worker_cores_used',
    'Cores that executors and drivers hold',
    ({ used }) => used.cores,
  )
  gauge('hearth_worker_cores_free', 'Cores that nobody holds', ({ offered, used }) =>
    Math.max(0, offered.cores - used.cores),
  )
  gauge(
    'hearth_worker_memory_used_mb',
    'MiB that executors and drivers hold',
    ({ used }) => used.memoryMb,
  )
  gauge('hearth_worker_memory_free_mb', 'MiB that nobody holds', ({ offered, used }) =>
    Math.max(0, offered.memoryMb - used.memoryMb),
  )
  gauge(
    'hearth_worker_registered',
    '1 while a master has this worker registered',
    ({ masterUrl }) => (masterUrl === null ? 0 : 1),
  )
}
