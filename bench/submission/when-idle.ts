const POLL_MS = 20
const TIMEOUT_MS = 60_000

/** Resolves when no driver of the master at `ui` waits or runs. */
export async function whenIdle(ui: string): Promise<void> {
  const giveUpAt = performance.now() + TIMEOUT_MS
  for (;;) {
    const response = await fetch(`${ui}/json/`)
    const { activedrivers } = (await response.json()) as { activedrivers: readonly unknown[] }
    if (activedrivers.length === 0) return
    if (performance.now() > giveUpAt) {
      throw new Error(`${activedrivers.length} drivers have not ended in ${TIMEOUT_MS} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
