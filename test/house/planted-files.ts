// What the rules of the house refuse, planted: one file per rule, named after what it breaks, and the
// innocent files beside them.

export interface Violation {
  readonly rule: string
  readonly file: string
  readonly code: string
  /** What the linter calls the rule; the import ban unless told otherwise. */
  readonly lint?: string
}

/** How the linter calls the ban of an import. */
export const IMPORT_BAN = 'eslint(no-restricted-imports)'
const GLOBAL_BAN = 'eslint(no-restricted-globals)'
const PROPERTY_BAN = 'eslint(no-restricted-properties)'

const use = (from: string) => `import * as taken from '${from}'\nexport const planted = taken\n`
const useType = (from: string) =>
  `import type * as taken from '${from}'\nexport type Planted = typeof taken\n`

const COMMON = 'packages/common/src'
const MASTER = 'packages/master/src'
const WORKER = 'packages/worker/src'
const CLI = 'packages/cli/src'

export const VIOLATIONS: readonly Violation[] = [
  {
    rule: 'domain imports no codec',
    file: `${COMMON}/domain/a.ts`,
    code: use('../protocol/bytes/innocent.ts'),
  },
  {
    rule: 'domain imports no I/O, not even a type',
    file: `${COMMON}/domain/b.ts`,
    code: useType('../runtime/innocent.ts'),
  },
  { rule: 'domain imports no package', file: `${COMMON}/domain/c.ts`, code: use('typebox') },
  {
    rule: 'domain reads no clock',
    file: `${COMMON}/domain/d.ts`,
    code: 'export const at = Date.now()\n',
    lint: GLOBAL_BAN,
  },
  {
    rule: 'protocol knows no domain type',
    file: `${COMMON}/protocol/a.ts`,
    code: useType('../domain/innocent.ts'),
  },
  {
    rule: 'protocol does no I/O',
    file: `${COMMON}/protocol/b.ts`,
    code: use('../runtime/innocent.ts'),
  },
  {
    rule: 'protocol imports no Node module',
    file: `${COMMON}/protocol/c.ts`,
    code: use('node:net'),
  },
  {
    rule: 'protocol draws no random number',
    file: `${COMMON}/protocol/d.ts`,
    code: 'export const drawn = Math.random()\n',
    lint: PROPERTY_BAN,
  },
  {
    rule: 'runtime knows no daemon',
    file: `${COMMON}/runtime/a.ts`,
    code: use('@hearth/master/main.ts'),
  },
  {
    rule: 'runtime does not go round by a relative path',
    file: `${COMMON}/runtime/b.ts`,
    code: use('../../../worker/src/innocent.ts'),
  },
  { rule: 'core imports no Node module', file: `${MASTER}/core/a.ts`, code: use('node:fs') },
  { rule: 'core imports no library', file: `${MASTER}/core/b.ts`, code: use('pino') },
  {
    rule: 'core imports no door',
    file: `${MASTER}/core/c.ts`,
    code: use('../doors/spark/innocent.ts'),
  },
  { rule: 'core imports no shell', file: `${WORKER}/core/d.ts`, code: use('../shell/innocent.ts') },
  {
    rule: 'core does no I/O',
    file: `${MASTER}/core/e.ts`,
    code: use('@hearth/common/runtime/log.ts'),
  },
  {
    rule: 'core knows no wire message of Spark, not even a type',
    file: `${MASTER}/core/f.ts`,
    code: useType('@hearth/common/protocol/spark-rpc/frame.ts'),
  },
  {
    rule: 'core runs no codec of the cluster protocol',
    file: `${WORKER}/core/g.ts`,
    code: use('@hearth/common/protocol/cluster/messages.ts'),
  },
  {
    rule: 'core reads no clock',
    file: `${MASTER}/core/placement/h.ts`,
    code: 'export const at = () => new Date()\n',
    lint: GLOBAL_BAN,
  },
  {
    rule: 'core draws no random number',
    file: `${WORKER}/core/i.ts`,
    code: 'const { random } = Math\nexport const drawn = random()\n',
    lint: PROPERTY_BAN,
  },
  {
    rule: 'core reads no configuration',
    file: `${MASTER}/core/placement/j.ts`,
    code: useType('../../config.ts'),
  },
  {
    rule: 'a door does not call the shell',
    file: `${MASTER}/doors/spark/a.ts`,
    code: use('../../shell/innocent.ts'),
  },
  {
    rule: 'a door decides nothing',
    file: `${MASTER}/doors/spark/d.ts`,
    code: use('../../core/innocent.ts'),
  },
  {
    rule: 'a door does not know another door',
    file: `${MASTER}/doors/spark/b.ts`,
    code: use('../ui/innocent.ts'),
  },
  {
    rule: 'a door of the worker does not start a process',
    file: `${WORKER}/doors/ui/c.ts`,
    code: use('../../launcher/client.ts'),
  },
  {
    rule: 'the master does not import the worker',
    file: `${MASTER}/shell/a.ts`,
    code: use('@hearth/worker/main.ts'),
  },
  {
    rule: 'the worker does not import the master',
    file: `${WORKER}/shell/b.ts`,
    code: useType('@hearth/master/core/events.ts'),
  },
  {
    rule: 'a daemon does not import the CLI',
    file: `${MASTER}/planted.ts`,
    code: use('@hearth/cli/main.ts'),
  },
  {
    rule: 'the launcher does not know the worker',
    file: `${WORKER}/launcher/a.ts`,
    code: useType('../core/innocent.ts'),
  },
  {
    rule: 'the CLI does not reach into a daemon',
    file: `${CLI}/commands/a.ts`,
    code: use('@hearth/master/core/views.ts'),
  },
  {
    rule: 'no file of a package makes a cycle',
    file: `${MASTER}/shell/cycle.ts`,
    code: "import { there } from './elsewhere.ts'\nexport const here = () => there\n",
    lint: 'import(no-cycle)',
  },
  {
    rule: 'no default export',
    file: `${WORKER}/shell/c.ts`,
    code: 'const planted = 1\nexport default planted\n',
    lint: 'import(no-default-export)',
  },
  {
    rule: 'a daemon writes to its log, not to the console',
    file: `${WORKER}/shell/d.ts`,
    code: "console.log('planted')\n",
    lint: 'eslint(no-console)',
  },
  {
    rule: 'no promise floats',
    file: `${MASTER}/shell/e.ts`,
    code: 'const act = async () => Promise.resolve(1)\nexport const start = () => {\n  act()\n}\n',
    lint: 'typescript(no-floating-promises)',
  },
  {
    rule: 'a switch over events names each of them',
    file: `${MASTER}/core/k.ts`,
    code: [
      "type Event = { type: 'came' } | { type: 'went' }",
      'export function handle(event: Event): void {',
      '  switch (event.type) {',
      "    case 'came':",
      '      return',
      '  }',
      '}\n',
    ].join('\n'),
    lint: 'typescript(switch-exhaustiveness-check)',
  },
  {
    rule: 'a file name is in kebab case',
    file: `${MASTER}/shell/PlantedFile.ts`,
    code: 'export const planted = 1\n',
    lint: 'unicorn(filename-case)',
  },
  {
    rule: 'a file has at most 400 lines of code',
    file: `${MASTER}/shell/long.ts`,
    code: Array.from({ length: 401 }, (_, line) => `export const line${line} = ${line}\n`).join(''),
    lint: 'eslint(max-lines)',
  },
]

/** What the compiler refuses in a pure file. */
export const IMPURE: Readonly<Record<string, { readonly file: string; readonly code: string }>> = {
  'a Node module in a core': { file: `${MASTER}/core/node.ts`, code: use('node:fs') },
  'a Node module in the protocol': { file: `${COMMON}/protocol/node.ts`, code: use('node:net') },
  'a Node module in the domain': { file: `${COMMON}/domain/node.ts`, code: use('node:os') },
  'a timer': {
    file: `${WORKER}/core/timer.ts`,
    code: 'export const planted = () => setTimeout(() => undefined, 1)\n',
  },
  'the process': {
    file: `${MASTER}/core/process.ts`,
    code: 'export const planted = process.env\n',
  },
  'the console': { file: `${WORKER}/core/console.ts`, code: "console.log('planted')\n" },
  'a Buffer': {
    file: `${COMMON}/protocol/buffer.ts`,
    code: 'export const planted = Buffer.alloc(1)\n',
  },
  'the monotonic clock': {
    file: `${COMMON}/domain/performance.ts`,
    code: 'export const planted = performance.now()\n',
  },
  'the network': { file: `${MASTER}/core/fetch.ts`, code: "export const planted = fetch('/')\n" },
}

export const INNOCENT: Readonly<Record<string, string>> = {
  [`${COMMON}/domain/innocent.ts`]: 'export const innocent = 1\n',
  [`${COMMON}/domain/neighbour.ts`]: use('./innocent.ts'),
  [`${COMMON}/protocol/bytes/innocent.ts`]: 'export const innocent = new Uint8Array(1)\n',
  [`${COMMON}/protocol/neighbour.ts`]:
    use('./bytes/innocent.ts') +
    use('typebox').replace(/taken/g, 'box').replace('planted', 'boxed'),
  [`${COMMON}/runtime/innocent.ts`]: use('node:net'),
  [`${COMMON}/runtime/neighbour.ts`]: use('../domain/innocent.ts'),
  [`${MASTER}/core/innocent.ts`]: use('@hearth/common/domain/ids.ts'),
  [`${MASTER}/core/typed.ts`]: useType('@hearth/common/protocol/cluster/messages.ts'),
  [`${MASTER}/core/placement/neighbour.ts`]: use('../innocent.ts'),
  [`${MASTER}/config.ts`]: use('./core/innocent.ts'),
  [`${MASTER}/doors/spark/innocent.ts`]: use('@hearth/common/protocol/spark-rpc/frame.ts'),
  [`${MASTER}/doors/ui/innocent.ts`]: useType('../../core/innocent.ts'),
  [`${MASTER}/doors/ui/viewing.ts`]: use('../../core/views.ts'),
  [`${MASTER}/core/views.ts`]: 'export const innocent = 1\n',
  [`${MASTER}/shell/innocent.ts`]: use('../doors/spark/innocent.ts'),
  [`${MASTER}/shell/elsewhere.ts`]:
    "import { here } from './cycle.ts'\nexport const there = () => here\n",
  [`${WORKER}/core/innocent.ts`]: 'export const innocent = 1\n',
  [`${WORKER}/shell/innocent.ts`]: use('../launcher/client.ts'),
  [`${WORKER}/launcher/client.ts`]: use('node:child_process'),
  [`${WORKER}/innocent.ts`]: 'export const innocent = 1\n',
  [`${CLI}/commands/innocent.ts`]: `${use('@hearth/worker/main.ts')}console.log(planted)\n`,
  // Tests may read the clock and Node's files, wherever they stand.
  [`${MASTER}/core/innocent.test.ts`]: `${use('node:fs')}export const at = Date.now()\n`,
}
