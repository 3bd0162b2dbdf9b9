// `npm run chaos -- [options]`: runs many seeds of the simulator.
import { runBundled } from './run-bundled.mjs'

await runBundled({ name: 'chaos', entry: 'test/simulator/chaos.ts', limitMinutes: 600 })
