// docs/timers.md: every timer of every daemon, and the inequality that its value must satisfy.
import { code, generatedHeading, table } from './markdown.mjs'

const UNITS = './packages/common/src/runtime/config/units.ts'

export const SOURCES = [
  "export { MASTER_TIMERS } from './packages/master/src/timers.ts'",
  "export { WORKER_TIMERS } from './packages/worker/src/timers.ts'",
  `export { formatDurationMs } from '${UNITS}'`,
]

const INTRODUCTION = `
Silence and back-off are judged by the monotonic clock, which never jumps; the wall clock names and
shows. Before one of these numbers changes, its last column must still be true.
`

export function timers({ MASTER_TIMERS, WORKER_TIMERS, formatDurationMs }) {
  const rows = [...MASTER_TIMERS, ...WORKER_TIMERS].map((timer) => [
    timer.name,
    timer.key === null ? '' : code(timer.key),
    formatDurationMs(timer.defaultMs),
    timer.clock,
    timer.owner,
    timer.inequality,
  ])
  return [
    generatedHeading('Timers', 'the tables in packages/*/src/timers.ts'),
    INTRODUCTION,
    `\n${table(['Timer', 'Key', 'Default', 'Clock', 'Owner', 'Must hold'], rows)}\n`,
  ].join('')
}
