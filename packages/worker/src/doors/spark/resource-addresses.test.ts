import { expect, test } from 'vitest'
import { RegisterWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { Compile } from 'typebox/compile'
import { MAX_ADDRESSES, MAX_ADDRESS_LENGTH, checkAddresses } from './resource-addresses.ts'

const validator = Compile(RegisterWorker)

function isAccepted(addresses: readonly string[]): boolean {
  return validator.Check({
    ...{ type: 'register-worker', version: 2, workerId: 'w', host: 'w', port: 1, webUiUrl: '' },
    ...{ cores: 1, memoryMb: 1, masterAddress: 'm:1', held: [], decommissioning: false },
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
