// What somebody else says the addresses of a custom resource are: a file of an operator, the output of
// a discovery script.

/** Of one kind; the cluster protocol takes no more. */
export const MAX_ADDRESSES = 10_000
export const MAX_ADDRESS_LENGTH = 256

/**
 * The value as a list of addresses, or what is wrong with it, to stand behind a name of the list. An
 * address that stands twice would be given to two executors at once.
 */
export function checkAddresses(value: unknown): readonly string[] | string {
  if (!Array.isArray(value)) return `must be a list such as ["0","1"]`
  if (value.length > MAX_ADDRESSES) {
    return `has ${value.length} entries; at most ${MAX_ADDRESSES} are possible`
  }
  const seen = new Set<string>()
  for (const address of value as readonly unknown[]) {
    if (typeof address !== 'string') {
      return `holds ${describeValue(address)}, which is no text; write it in quotes`
    }
    if (address === '' || address.length > MAX_ADDRESS_LENGTH) {
      return `holds ${shorten(JSON.stringify(address))}; an address has 1 to ${MAX_ADDRESS_LENGTH} characters`
    }
    if (seen.has(address)) return `holds ${JSON.stringify(address)} twice`
    seen.add(address)
  }
  return [...seen]
}

/** JSON out of a text, or what is wrong with it, to stand behind a name of the text. */
export function readJson(text: string): { readonly value: unknown } | string {
  if (text.trim() === '') return 'is empty'
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return `is no JSON (${shorten(problem, 200)}); it begins with ${shorten(JSON.stringify(text))}`
  }
}

/** A JSON value in one line of a message. What it holds is not shown: it may be nested without end. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return shorten(JSON.stringify(value))
}

/** A text that fits into one line of a message. */
export function shorten(text: string, length = 80): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= length ? line : `${line.slice(0, length)}…`
}
