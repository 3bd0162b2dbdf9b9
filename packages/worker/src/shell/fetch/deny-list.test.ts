import type dns from 'node:dns'
import { expect, test } from 'vitest'
import { DEFAULT_DENY, parseDenyList } from './deny-list.ts'
import { guardedLookup } from './guarded-connect.ts'

const DENIED = parseDenyList(DEFAULT_DENY)

test.each([
  ...['169.254.169.254', '169.254.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe'],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  ...['fd00:ec2::254', 'fd20:ce::254', '64:ff9b::a9fe:a9fe'],
  // Whatever is no address is not taken for a harmless one.
  ...['', 'metadata', '169.254.169.254.'],
])('%s is denied by default', (address) => {
  expect(DENIED(address)).toBe(true)
})

test.each([
  ...['127.0.0.1', '10.0.0.1', '169.253.255.255', '169.255.0.0', '100.100.100.201', '::1'],
  ...['fec0::1', 'fd20:ce::253', '64:ff9b::a00:1', '::ffff:10.0.0.1', '2001:db8::1'],
])('%s is not', (address) => {
  expect(DENIED(address)).toBe(false)
})

test('a list of the operator’s own, also an empty one', () => {
  const own = parseDenyList(' 10.0.0.0/8, 192.168.1.1 ,fd00::/8,')
  expect(['10.9.9.9', '192.168.1.1', 'fd12::1', '::ffff:10.0.0.1'].map(own)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['11.0.0.1', '192.168.1.2', 'fe80::1', '169.254.169.254'].map(own)).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(parseDenyList('')('169.254.169.254')).toBe(false)
})

test.each([
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  'metadata',
  '1.2.3',
  '10.0.0.0/8/8',
])('%s is no network', (entry) => {
  expect(() => parseDenyList(`127.0.0.1,${entry}`)).toThrow(
    `hearth.fetch.deny: '${entry}' is neither an address nor a network`,
  )
})

/** What a socket's lookup of `h` comes to when its name service says these addresses. */
async function lookUp(addresses: readonly string[], all: boolean) {
  const resolve = ((_host, _options, callback: (...result: unknown[]) => void) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )
  }) as typeof dns.lookup
  return await new Promise<unknown>((done) => {
    guardedLookup(DENIED, resolve)('h', { all }, (error, found) => {
      done(error === null ? found : error.message)
    })
  })
}

test('a name that leads to a denied address among others is denied, in words', async () => {
  for (const all of [true, false]) {
    expect(await lookUp(['10.0.0.1', '169.254.169.254'], all)).toBe(
      'nothing is fetched from h (169.254.169.254), which hearth.fetch.deny names',
    )
  }
  expect(await lookUp(['10.0.0.1'], false)).toBe('10.0.0.1')
  expect(await lookUp(['10.0.0.1'], true)).toEqual([{ address: '10.0.0.1', family: 4 }])
  expect(await lookUp([], false)).toBe('h has no address')
})
