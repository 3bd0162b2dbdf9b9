import { describe, expect, it } from 'vitest'
import { parseIdPattern, type ArgumentKind } from './id-pattern.ts'

const WORKER: readonly ArgumentKind[] = ['text', 'text', 'integer']
const APPLICATION: readonly ArgumentKind[] = ['text', 'integer']

function format(
  pattern: string,
  kinds: readonly ArgumentKind[],
  values: readonly (string | number)[],
): string | undefined {
  const parsed = parseIdPattern(pattern, kinds)
  if (typeof parsed === 'string') throw new Error(`${pattern}: ${parsed}`)
  return parsed.format(values)
}

describe('patterns that Java’s String.format takes', () => {
  const stamp = '20261120212335'

  it.each([
    ['worker-%s-%s-%d', 'worker-20261120212335-10.0.0.1-7078'],
    ['%3$d-%1$s', '7078-20261120212335'],
    ['%3$06d.%s', '007078.20261120212335'],
    ['w-%2$s-%s-%s', 'w-10.0.0.1-20261120212335-10.0.0.1'],
    ['W-%S-%3$s', 'W-20261120212335-7078'],
    ['day-%.8s-%2$s', 'day-20261120-10.0.0.1'],
    ['only', 'only'],
    ['a%%b%2$s', 'a%b10.0.0.1'],
  ])('%s', (pattern, id) => {
    expect(format(pattern, WORKER, [stamp, '10.0.0.1', 7078])).toBe(id)
  })

  it('numbers grow beyond their width', () => {
    expect(format('app-%s-%04d', APPLICATION, [stamp, 7])).toBe(`app-${stamp}-0007`)
    expect(format('app-%s-%04d', APPLICATION, [stamp, 12_345])).toBe(`app-${stamp}-12345`)
  })

  it('upper case is for %S alone', () => {
    expect(format('%2$S-%2$s', WORKER, [stamp, 'node-a', 1])).toBe('NODE-A-node-a')
  })

  it('says which arguments every id contains', () => {
    const parsed = parseIdPattern('app-%2$04d', APPLICATION)
    if (typeof parsed === 'string') throw new Error(parsed)
    expect([parsed.uses(0), parsed.uses(1)]).toEqual([false, true])
  })
})

describe('patterns that are refused, each with the reason', () => {
  it.each([
    ['worker %s', 'white space'],
    ['worker-%s\t%d', 'white space'],
    ['', 'does not make an id'],
    ['..', 'does not make an id'],
    ['a/%s', 'does not make an id'],
    ['<%s>', 'does not make an id'],
    ['%s-%s-%d-%s', '%s has no argument: there are 3'],
    ['%4$s', '%4$s has no argument'],
    ['%0$s', '%0$s has no argument'],
    ['%99999999999999999999$s', 'has no argument'],
    ['%d', '%d takes a number, and argument 1 is a text'],
    ['%s-%2$d', '%2$d takes a number, and argument 2 is a text'],
    ['%x', '%x is not understood; %s and %d are'],
    ['%n', '%n is not understood'],
    ['%tY', '%t is not understood'],
    ['%<s', '%<s is not understood: %s takes no flag'],
    ['%20s', '%20s is not understood: %s takes no flag'],
    ['%3$4d', '%3$4d would pad with blanks; write %04d'],
    ['%3$-4d', '%3$-4d: only the flag 0'],
    ['%3$,d', '%3$,d: only the flag 0'],
    ['%3$0d', '%3$0d lacks a width'],
    ['%3$.2d', '%3$.2d: %d takes no precision'],
    ['%3$0999999999d', 'longer than an id can be'],
    ['w-%', '"%" is no conversion; %% is a %'],
    ['w-%1$', '"%1$" is no conversion'],
    ['w-%5%', '%5% is not understood; %% is a %'],
    ['x'.repeat(256), 'longer than the 255 characters'],
  ])('%j', (pattern, reason) => {
    expect(parseIdPattern(pattern, WORKER)).toContain(reason)
  })
})

it('an id that its arguments would make unsafe is none', () => {
  const pattern = 'worker-%s-%s-%d'
  expect(format(pattern, WORKER, ['x', 'a/b', 1])).toBeUndefined()
  expect(format(pattern, WORKER, ['x', 'h'.repeat(255), 1])).toBeUndefined()
  expect(format(pattern, WORKER, ['x', '[fe80::1%lo0]', 1])).toBe('worker-x-[fe80::1%lo0]-1')
})
