// The diagrams in docs/states: drawn from the move tables, beside prose that people write.
import { code, replaceBlock } from './markdown.mjs'

const STATES = './packages/common/src/domain/states.ts'

export const SOURCES = [
  `export { APPLICATION_MOVES, DRIVER_MOVES, EXECUTOR_MOVES, WORKER_MOVES } from '${STATES}'`,
]

/** The document with its diagram drawn anew. Every state must have its line in the prose. */
export function statesDocument(text, moves) {
  const states = Object.keys(moves)
  const unexplained = states.filter((state) => !text.includes(`\n| ${code(state)}`))
  if (unexplained.length > 0)
    throw new Error(`no line explains the state ${unexplained.join(', ')}`)
  const arrows = states.flatMap((from) => moves[from].map((to) => `  ${from} --> ${to}`))
  const ends = states.filter((state) => moves[state].length === 0)
  const diagram = [
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${states[0]}`,
    ...arrows,
    ...ends.map((state) => `  ${state} --> [*]`),
    '```',
  ]
  return replaceBlock(text, 'moves', diagram.join('\n'))
}
