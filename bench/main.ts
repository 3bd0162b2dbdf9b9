// `npm run bench -- NAME`: every figure of the README comes from here.
import { parseArgs } from 'node:util'
import { benchPlacement } from './placement.ts'
import { benchSubmit } from './submit.ts'
import { benchWhy } from './why.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string' },
    starts: { type: 'string', default: '5' },
  },
})
const pairs = (byDefault: number) => Number(values.pairs ?? byDefault)
const starts = Number(values.starts)

switch (positionals[0]) {
  case 'submit':
    await benchSubmit({ pairs: pairs(20), starts, say })
    break
  case 'placement':
    await benchPlacement({ part: positionals[1], pairs: pairs(5), say })
    break
  case 'why':
    await benchWhy({ workers: 1_000, waiting: 1_000, rounds: 300, say })
    break
  default:
    say('usage: npm run bench -- submit [--pairs N] [--starts N]')
    say('       npm run bench -- placement [core|waiting] [--pairs N]')
    say('       npm run bench -- why')
    process.exitCode = 2
}
