// What every decoder owes for every input, whatever the target.
import { isDeepStrictEqual } from 'node:util'
import { isResourceName } from '@hearth/common/domain/resources.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { Violation, type Outcome } from './target.ts'

/** A refusal goes into logs and to the peer: longer ones would let a peer fill both. */
const MAX_REASON_LENGTH = 4096

/**
 * Runs a decoder: it returns, or it throws ProtocolError. Any other error passes through and is a
 * finding.
 */
export function attempt(decode: () => void): Outcome {
  return attempted(decode) === undefined ? 'taken' : 'refused'
}

/** As {@link attempt}; the reason of a refusal, undefined when there was none. */
export function attempted(decode: () => void): string | undefined {
  try {
    decode()
    return undefined
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    demand(error.message.length <= MAX_REASON_LENGTH, 'a refusal of more than 4096 characters')
    return error.message
  }
}

export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Violation(otherwise)
}

export function demandEqual(actual: unknown, expected: unknown, what: string): void {
  demand(isDeepStrictEqual(actual, expected), what)
}

/** What is read of a payload; it may carry more. */
const NUMBERS_OF_PAYLOAD: readonly string[] = ['maxCores', 'resourceProfileId']

/** Every number within is one that the core can count with; of a payload, those that anybody reads. */
export function demandWholeNumbers(value: unknown, where: string): void {
  if (typeof value === 'number') demand(Number.isSafeInteger(value), `${where} is ${value}`)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [key, item] of Object.entries(value)) {
    const isRead = !where.endsWith('.payload') || NUMBERS_OF_PAYLOAD.includes(key)
    if (isRead) demandWholeNumbers(item, `${where}.${key}`)
  }
}

/**
 * What an executor holds and what a worker offers, anywhere within: proper names, and lists of addresses.
 * Other parts of a message may carry more than they should; nobody reads it.
 */
export function demandResources(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (key === 'resources' || key === 'offered') {
      const { custom } = item as { readonly custom?: unknown }
      if (custom !== undefined) demandAddresses(custom)
    } else if (key !== 'payload') demandResources(item)
  }
}

function demandAddresses(table: unknown): void {
  demand(typeof table === 'object' && table !== null, 'custom resources that are no table')
  for (const [name, addresses] of Object.entries(table as object)) {
    demand(isResourceName(name), `a resource called ${JSON.stringify(name.slice(0, 100))}`)
    const isList = Array.isArray(addresses) && addresses.every((one) => typeof one === 'string')
    demand(isList, `addresses of ${name} that are no list of texts`)
  }
}

/** The first are a beginning of the second: nothing was changed, moved, repeated or made up. */
export function demandPrefix(
  actual: readonly Uint8Array[],
  sent: readonly Uint8Array[],
  what: string,
): void {
  const holds = actual.every(
    (bytes, at) => sent[at] !== undefined && Buffer.compare(bytes, sent[at]) === 0,
  )
  demand(holds, what)
}
