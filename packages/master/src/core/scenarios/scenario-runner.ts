// Runs a scenario: commands with a time in seconds, each followed by the effects that it must have.
// The text of a whole scenario goes in, the same text with the real effects comes out.
//
//   5 report w1 app0/0 running      command at second 5
//   6..9 tick                       the same command at every second from 6 to 9
//   ----
//   w1 <- report-acknowledged 1     effects, one a line; (nothing) when there are none
//
//   wall -3600                      the wall clock jumps by so many seconds, and no time passes
//
// Records become durable at once. From the line `store fails` on none does, until `store works`; with `store manual`
// the commands say which do. `stored` tells what is durable, as if it were an effect.
import { createCluster, type Cluster } from '../cluster.ts'
import type { Effect } from '../effects.ts'
import type { MasterEvent, Now } from '../events.ts'
import { checkInvariants } from '../invariants.ts'
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import { isPlacementDue } from '../scheduling.ts'
import { step } from '../step.ts'
import { parseCommand } from './commands.ts'
import { formatEffect, shortenIds } from './format-effect.ts'
import { ScenarioStore } from './scenario-store.ts'

const SEPARATOR = '----'

/** The scenario with what really happened; equal to its input when it holds. */
export function runScenario(text: string): string {
  const run = new ScenarioRun()
  const out: string[] = []
  let isExpectation = false
  for (const line of text.split('\n')) {
    if (line === '') isExpectation = false
    if (isExpectation) continue
    out.push(line)
    if (line === SEPARATOR) {
      isExpectation = true
      const effects = run.takeEffects()
      out.push(...(effects.length > 0 ? effects : ['(nothing)']))
    } else if (line !== '' && !line.startsWith('#')) run.command(line)
  }
  return out.join('\n')
}

/** The cluster after these commands, and the last moment among them in ms. */
export function runCommands(lines: readonly string[]): { cluster: Cluster; lastMs: number } {
  const run = new ScenarioRun()
  for (const line of lines) run.command(line)
  return { cluster: run.cluster, lastMs: run.lastMs }
}

class ScenarioRun {
  lastMs = 0
  #cluster: Cluster = createCluster(DEFAULT_SETTINGS, 0)
  #wallJumpedMs = 0
  readonly #store = new ScenarioStore()
  readonly #effects: string[] = []

  command(line: string): void {
    if (line.startsWith('store ')) {
      this.#store.command(line)
    } else if (line === 'stored') {
      this.#effects.push(shortenIds(this.#store.tell()))
    } else if (line.startsWith('wall ')) {
      this.#wallJumpedMs += Number(line.slice(5)) * 1000
    } else if (line.startsWith('set ')) {
      const [name, value] = line.slice(4).split('=')
      const settings: Settings = {
        ...this.#cluster.settings,
        [name ?? '']: JSON.parse(value ?? '') as unknown,
      }
      this.#cluster = createCluster(settings, 0)
    } else {
      for (const one of expandRange(line)) {
        const { atSeconds, event } = parseCommand(one, this.#cluster)
        this.lastMs = atSeconds * 1000
        this.#step(event, { mono: this.lastMs, wall: this.lastMs + this.#wallJumpedMs })
      }
    }
  }

  get cluster(): Cluster {
    return this.#cluster
  }

  takeEffects(): string[] {
    return this.#effects.splice(0)
  }

  // As the event loop does it: completions of the batch first, then one placement pass.
  #step(event: MasterEvent, now: Now): void {
    const effects = step(this.#cluster, event, now)
    checkInvariants(this.#cluster)
    for (const effect of effects) this.#note(effect, now)
    if (!isPlacementDue(this.#cluster)) return
    for (const effect of step(this.#cluster, { type: 'placement.due' }, now)) {
      this.#note(effect, now)
    }
    checkInvariants(this.#cluster)
  }

  #note(effect: Effect, now: Now): void {
    this.#effects.push(formatEffect(effect))
    const outcome = effect.type === 'persist' ? this.#store.write(effect) : null
    if (outcome === null) return
    for (const next of step(this.#cluster, outcome, now)) this.#note(next, now)
    checkInvariants(this.#cluster)
  }
}

function expandRange(line: string): string[] {
  const range = /^(\d+)\.\.(\d+) (.*)$/.exec(line)
  if (range === null) return [line]
  const [, from, to, command] = range
  const length = Number(to) - Number(from) + 1
  return Array.from({ length }, (_one, index) => `${Number(from) + index} ${command}`)
}
