// Machines, the ports they listen on, and the connections between them.
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { Dice } from '../engine/dice.ts'
import type { Timeline } from '../engine/timeline.ts'
import { connectEnds, type End, type EndHandlers, type Path } from './connection.ts'
import { Outages, type Outage } from './outages.ts'

/** Takes a new connection; returns what it does. */
export type Accept = (end: End) => EndHandlers

/** `refused`: the machine answers that nobody listens. `timed out`: nobody answers at all. */
export type DialFailure = 'refused' | 'timed out'

export interface DialHandlers {
  readonly onOpen: (end: End) => EndHandlers
  readonly onFailed: (why: DialFailure) => void
}

// An idle connection is probed after 30 s, ten times (SO_KEEPALIVE as our sockets set it).
const KEEP_ALIVE_MS = 40_000
const DIAL_RETRY_MS = 1_000

export class Network implements Path {
  readonly timeline: Timeline
  readonly dice: Dice
  readonly outages = new Outages()
  readonly #ports = new Map<string, Accept>()
  readonly #off = new Map<string, Outage>()
  #connections: (readonly [End, End])[] = []

  constructor(timeline: Timeline, dice: Dice) {
    this.timeline = timeline
    this.dice = dice
  }

  isOpen(a: string, b: string): boolean {
    return this.outages.isOpen(a, b)
  }

  /** Opens a port. The returned function closes it; connections stay. */
  listen(address: HostPort, accept: Accept): () => void {
    const port = formatHostPort(address)
    this.#ports.set(port, accept)
    return () => {
      if (this.#ports.get(port) === accept) this.#ports.delete(port)
    }
  }

  /** Tries for `timeoutMs`. Exactly one of the handlers is called, unless the returned function was. */
  dial(from: string, to: HostPort, timeoutMs: number, handlers: DialHandlers): () => void {
    const deadline = this.timeline.now + timeoutMs
    let isGivenUp = false
    const attempt = () => {
      if (isGivenUp) return
      if (!this.isOpen(from, to.host)) {
        if (this.timeline.now + DIAL_RETRY_MS < deadline) {
          this.timeline.after(DIAL_RETRY_MS, attempt)
        } else {
          this.timeline.after(deadline - this.timeline.now, () => {
            if (!isGivenUp) handlers.onFailed('timed out')
          })
        }
        return
      }
      const accept = this.#ports.get(formatHostPort(to))
      if (accept === undefined) handlers.onFailed('refused')
      else this.#connect(from, to.host, accept, handlers.onOpen)
    }
    this.timeline.after(this.#latency(), attempt)
    return () => {
      isGivenUp = true
    }
  }

  /** Waits until the two can reach each other, at most `patienceMs`, and then takes the time of a message. */
  reach(a: string, b: string, patienceMs: number, then: () => void, otherwise?: () => void): void {
    if (this.isOpen(a, b)) this.timeline.after(this.#latency(), then)
    else if (patienceMs <= 0) otherwise?.()
    else {
      const left = patienceMs - DIAL_RETRY_MS
      this.timeline.after(DIAL_RETRY_MS, () => this.reach(a, b, left, then, otherwise))
    }
  }

  /** A black hole: nothing arrives and nobody is told. `b` null cuts `a` off from everybody. */
  openHole(a: string, b: string | null): Outage {
    const hole = this.outages.begin(a, b, this.timeline.now)
    this.#probe(hole)
    return hole
  }

  closeHole(hole: Outage): void {
    this.outages.end(hole, this.timeline.now)
  }

  /** Breaks every connection between the two; the ends notice within `slowestMs`, each in its own time. */
  cut(a: string, b: string, slowestMs: number): void {
    for (const ends of this.#between(a, b)) {
      for (const end of ends) end.cut(this.dice.spread(1, slowestMs))
    }
  }

  /** The machine loses its power: its ports and connections are gone, and nobody hears of it. */
  switchOff(host: string): void {
    if (this.#off.has(host)) return
    const outage = this.outages.begin(host, null, this.timeline.now)
    this.#off.set(host, outage)
    for (const port of this.#ports.keys()) {
      if (port.startsWith(`${host}:`)) this.#ports.delete(port)
    }
    for (const ends of this.#connections) {
      for (const end of ends) if (end.host === host) end.vanish()
    }
    this.#probe(outage)
  }

  switchOn(host: string): void {
    const outage = this.#off.get(host)
    if (outage !== undefined) this.outages.end(outage, this.timeline.now)
    this.#off.delete(host)
  }

  isOn(host: string): boolean {
    return !this.#off.has(host)
  }

  /** Everybody who runs can be reached again, and connections that were cut say so. */
  heal(): void {
    for (const ends of this.#connections) for (const end of ends) end.noticeCut()
    const off = new Set(this.#off.values())
    for (const outage of this.outages.present) if (!off.has(outage)) this.closeHole(outage)
  }

  #connect(from: string, to: string, accept: Accept, open: DialHandlers['onOpen']): void {
    const [nearest, farthest] = this.dice.chance(0.9) ? [1, 5] : [20, 200]
    const ends = connectEnds(this, [from, to], () => this.dice.between(nearest, farthest))
    this.#connections = this.#connections.filter((pair) => pair.some((end) => end.isOpen))
    this.#connections.push(ends)
    ends[1].attach(accept(ends[1]))
    ends[0].attach(open(ends[0]))
  }

  // What the kernel's keep-alive finds out about connections on which nothing is under way.
  #probe(outage: Outage): void {
    for (const ends of this.#between(outage.a, outage.b)) {
      if (this.dice.chance(0.5)) continue
      this.timeline.after(KEEP_ALIVE_MS + this.dice.between(0, 40_000), () => {
        const isDead = outage.until > this.timeline.now || ends.some((end) => !end.isOpen)
        if (!isDead) return
        for (const end of ends) if (!end.isWaiting) end.notice('connection timed out')
      })
    }
  }

  #between(a: string, b: string | null): (readonly [End, End])[] {
    return this.#connections.filter(([one, other]) => {
      const hosts = [one.host, other.host]
      return hosts.includes(a) && (b === null || hosts.includes(b))
    })
  }

  #latency(): number {
    return this.dice.between(1, 5)
  }
}
