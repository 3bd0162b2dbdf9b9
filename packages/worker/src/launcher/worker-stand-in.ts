// A worker that can be killed, for tests: `node program.mjs STATE_DIR`, told by IPC what to launch.
// Bundled by the tests, shipped by nobody.
import type { Logger } from '@hearth/common/runtime/log.ts'
import { openLauncher, type LaunchOrder } from './client.ts'

const silent = new Proxy({}, { get: () => () => {} }) as Logger

const launcher = await openLauncher({
  stateDir: process.argv[2] ?? '',
  host: '127.0.0.1',
  port: 0,
  orphanLimitMs: 60_000,
  killGraceMs: 5000,
  driverGraceMs: 5000,
  auth: null,
  log: silent,
  onEvent: (event) => process.send?.(event),
})
process.on('message', (order: LaunchOrder) => launcher.launch(order))
process.send?.({ type: 'opened', adopted: launcher.adopted })
