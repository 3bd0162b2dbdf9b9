// Waiting on conditions of other processes, which cannot call back.

const POLL_MS = 50

// Tests may hold the clock of what they test.
const setRealTimeout = setTimeout

/** For answers of a peer: patient with a busy machine, and over before the test is, so that it can say why. */
export const ANSWER_TIMEOUT_MS = 30_000

/**
 * Resolves with the first result that is not undefined. Rejects after the time-out, saying what was
 * waited for and what `describe` saw last; never without a look that began after it, for this process may have
 * been kept from running for just as long.
 */
export async function waitUntil<Result>(
  what: string,
  probe: () => Promise<Result | undefined> | Result | undefined,
  options: { readonly timeoutMs?: number; readonly describe?: () => string } = {},
): Promise<Result> {
  const { timeoutMs = 60_000, describe } = options
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const isLast = performance.now() > deadline
    const result = await probe()
    if (result !== undefined) return result
    if (isLast) {
      const seen = describe === undefined ? '' : `; last seen:\n${describe()}`
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${seen}`)
    }
    await new Promise((resolve) => setRealTimeout(resolve, POLL_MS))
  }
}
