import type { DriverView } from '../../core/drivers/views.ts'

/** A running driver that differs as told. */
export function aDriver(changes: Partial<DriverView> = {}): DriverView {
  return {
    id: 'driver-20261126010203-0000',
    name: 'Spark Pi',
    mainClass: 'org.apache.spark.examples.SparkPi',
    user: 'ada',
    state: 'running',
    supervise: false,
    resources: { cores: 1, memoryMb: 512 },
    addresses: {},
    workerId: 'worker-1',
    workerHostPort: '10.0.0.7:40001',
    workerWebUiUrl: 'http://10.0.0.7:8081',
    submittedAt: 1_795_654_923_000,
    endedAt: null,
    exitCode: null,
    message: null,
    hint: null,
    runs: 1,
    relaunchOf: null,
    relaunchedAs: null,
    wait: null,
    ...changes,
  }
}
