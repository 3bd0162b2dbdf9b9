// `npm run bench -- NAME`: every figure of the README comes from here.
import { parseArgs } from 'node:util'
import { benchSubmit } from './submit.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '20' },
    starts: { type: 'string', default: '5' },
  },
})
const pairs = Number(values.pairs)
const starts = Number(values.starts)

switch (positionals[0]) {
  case 'submit':
    await benchSubmit({ pairs, starts, say })
    break
  default:
    say('usage: npm run bench -- submit [--pairs N] [--starts N]')
    process.exitCode = 2
}
