import { expect, test } from 'vitest'
import { RegisterWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { Compile } from 'typebox/compile'
import { parseDiscoveryOutput } from './discovery-output.ts'
import { MAX_ADDRESSES, MAX_ADDRESS_LENGTH, checkAddresses } from './resource-addresses.ts'
import { parseResourcesFile } from './resources-file.ts'

const validator = Compile(RegisterWorker)

function isAccepted(addresses: readonly string[]): boolean {
  return validator.Check({
    ...{ type: 'register-worker', version: 2, workerId: 'w', host: 'w', port: 1, webUiUrl: '' },
    ...{
      cores: 1,
      memoryMb: 1,
      masterAddress: 'm:1',
      held: [],
      heldDrivers: [],
      driverGraceMs: 10_000,
      decommissioning: false,
    },
    custom: { gpu: addresses },
  })
}

test('what is taken for addresses is what a registration can hold, to the last one', () => {
  const list = (length: number) => Array.from({ length }, (_, at) => String(at))
  const long = (length: number) => ['x'.repeat(length)]
  for (const most of [list(MAX_ADDRESSES), long(MAX_ADDRESS_LENGTH), list(1)]) {
    expect([checkAddresses(most), isAccepted(most)]).toEqual([most, true])
  }
  for (const more of [list(MAX_ADDRESSES + 1), long(MAX_ADDRESS_LENGTH + 1)]) {
    expect([typeof checkAddresses(more), isAccepted(more)]).toEqual(['string', false])
  }
})

test('a list that nests a hundred thousand deep is refused as any other', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const why = 'the list of addresses holds a list, which is no text'
  expect(parseDiscoveryOutput(`{"name":"gpu","addresses":${deep}}`, 'gpu')).toContain(why)
  expect(parseDiscoveryOutput(`{"name":${deep},"addresses":[]}`, 'gpu')).toBe(
    'names a list where "gpu" was asked for',
  )
  const id = { componentName: 'spark.worker', resourceName: 'gpu' }
  const file = `[{"id":${JSON.stringify(id)},"addresses":${deep}}]`
  expect(parseResourcesFile(file, 'spark.worker')).toContain('the list of gpu holds a list')
})
