// The last few things that happened to one entity, in order: shown to people, and printed when an
// invariant breaks.
import type { Now } from './events.ts'

export interface StoryEntry {
  /** Wall clock, ms. */
  readonly at: number
  readonly text: string
}
export type Story = StoryEntry[]

const MAX_ENTRIES = 32

/** Appends; the oldest entry goes when there are more than {@link MAX_ENTRIES}. */
export function tell(story: Story, now: Now, text: string): void {
  story.push({ at: now.wall, text })
  if (story.length > MAX_ENTRIES) story.shift()
}
