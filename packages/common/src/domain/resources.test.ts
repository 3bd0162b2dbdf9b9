import { expect, it } from 'vitest'
import {
  addResources,
  addressesOf,
  amountsKey,
  contains,
  fits,
  isResourceName,
  isSameResources,
  missingCustom,
  subtractResources,
  takeResources,
  type Resources,
} from './resources.ts'

const WORKER: Resources = { cores: 4, memoryMb: 1024, custom: { gpu: ['0', '1', '2'] } }

it('takes the first free addresses and gives them back', () => {
  const taken = takeResources({ cores: 1, memoryMb: 512, custom: { gpu: 2 } }, WORKER)
  expect(taken).toEqual({ cores: 1, memoryMb: 512, custom: { gpu: ['0', '1'] } })
  const rest = subtractResources(WORKER, taken)
  expect(rest).toEqual({ cores: 3, memoryMb: 512, custom: { gpu: ['2'] } })
  expect(contains(WORKER, taken)).toBe(true)
  expect(contains(rest, taken)).toBe(false)
  expect(isSameResources(addResources(rest, taken), WORKER)).toBe(true)
  expect(subtractResources(WORKER, WORKER)).toEqual({ cores: 0, memoryMb: 0 })
})

it('an address that is named twice is there once', () => {
  const twice: Resources = { cores: 0, memoryMb: 0, custom: { gpu: ['0', '0'] } }
  expect(contains(WORKER, twice)).toBe(false)
})

it('fits by cores, memory and every custom resource', () => {
  expect(fits({ cores: 4, memoryMb: 1024, custom: { gpu: 3 } }, WORKER)).toBe(true)
  expect(fits({ cores: 4, memoryMb: 1024, custom: { gpu: 4 } }, WORKER)).toBe(false)
  expect(fits({ cores: 4, memoryMb: 1024, custom: { fpga: 1 } }, WORKER)).toBe(false)
  expect(fits({ cores: 5, memoryMb: 1 }, WORKER)).toBe(false)
  expect(fits({ cores: 1, memoryMb: 1025 }, WORKER)).toBe(false)
  expect(missingCustom({ gpu: 3, fpga: 1 }, WORKER)).toBe('fpga')
})

it('a kind with the name of a member of every object is not there', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(addressesOf(WORKER, name)).toEqual([])
  }
})

it('refuses names that cannot stand in options and file names', () => {
  for (const name of ['gpu', 'nvidia-a100', 'x_1']) expect(isResourceName(name)).toBe(true)
  for (const name of ['', '__proto__', 'a/b', 'a.b', 'a b', 'x'.repeat(129)]) {
    expect(isResourceName(name), name).toBe(false)
  }
})

it('amounts are told apart by each of their counts', () => {
  const amounts = [
    { cores: 1, memoryMb: 23 },
    { cores: 12, memoryMb: 3 },
    { cores: 1, memoryMb: 23, custom: { gpu: 1 } },
    { cores: 1, memoryMb: 23, custom: { gpu: 2 } },
    { cores: 1, memoryMb: 23, custom: { fpga: 1 } },
  ]
  expect(new Set(amounts.map(amountsKey)).size).toBe(amounts.length)
  expect(amountsKey({ cores: 1, memoryMb: 23, custom: { gpu: 1 } })).toBe('1 23 {"gpu":1}')
})
