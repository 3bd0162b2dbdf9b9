// A TCP connection: each direction delivers in order, late or not at all. Either end may be the last to
// know that it is broken.
import type { Dice } from '../engine/dice.ts'
import type { Alarm, Timeline } from '../engine/timeline.ts'

/** What a connection tells the process that holds one of its ends. */
export interface EndHandlers {
  onMessage(text: string): void
  /** The last call, whoever closed it; not after the process has died. */
  onClose(reason: string): void
}

/** What a connection needs to know of the world between its ends. */
export interface Path {
  readonly timeline: Timeline
  readonly dice: Dice
  isOpen(a: string, b: string): boolean
}

interface Packet {
  /** Null is the end of the stream. */
  readonly text: string | null
  readonly arrivesAt: number
}

// The kernel's retransmissions: the first after 0.2 s, then after twice as long each time.
const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 15_000
/** 15 retransmissions (tcp_retries2 of Linux) take about this long; then the sender gives up. */
const RETRY_LIMIT_MS = 924_000

/** Two ends that know each other. `latency` draws the milliseconds that one message takes. */
export function connectEnds(
  path: Path,
  hosts: readonly [string, string],
  latency: () => number,
): readonly [End, End] {
  const ends = [new End(path, hosts[0], latency), new End(path, hosts[1], latency)] as const
  ends[0].join(ends[1])
  ends[1].join(ends[0])
  return ends
}

export class End {
  readonly host: string
  readonly #path: Path
  readonly #latency: () => number
  #other: End | undefined
  #handlers: EndHandlers | undefined
  #state: 'open' | 'closed' | 'vanished' = 'open'
  #isCut = false
  #underWay: Packet[] = []
  #delivery: Alarm | undefined
  #retryMs = FIRST_RETRY_MS
  #unheardSince: number | null = null

  constructor(path: Path, host: string, latency: () => number) {
    this.#path = path
    this.host = host
    this.#latency = latency
  }

  join(other: End): void {
    this.#other = other
  }

  get other(): End {
    if (this.#other === undefined) throw new Error('an end without another')
    return this.#other
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** True while something was sent that has not arrived. */
  get isWaiting(): boolean {
    return this.#underWay.length > 0
  }

  attach(handlers: EndHandlers): void {
    this.#handlers = handlers
  }

  send(text: string): void {
    if (this.#state === 'open') this.#enqueue(text)
  }

  /** Closed by its process: what was sent still arrives, and then the end. */
  close(reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    this.#enqueue(null)
    this.#path.timeline.after(this.#path.dice.between(0, 3), () => this.#handlers?.onClose(reason))
  }

  /** Its process has died, and the kernel closes; what was not yet sent may be lost. */
  abandon(): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    if (this.#path.dice.chance(0.5)) this.#underWay = []
    this.#enqueue(null)
  }

  /** Its machine is off: nobody says anything any more. */
  vanish(): void {
    this.#state = 'vanished'
    this.#underWay = []
  }

  /** Finds the connection broken. */
  notice(reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    this.#underWay = []
    this.#handlers?.onClose(reason)
  }

  /** Something between the ends has forgotten the connection: nothing passes, and this end notices later. */
  cut(noticeAfterMs: number): void {
    this.#isCut = true
    this.#underWay = []
    this.#path.timeline.after(noticeAfterMs, () => this.notice('connection reset'))
  }

  /** Notices a cut now, if there was one. */
  noticeCut(): void {
    if (this.#isCut) this.cut(this.#path.dice.between(0, 1000))
  }

  #enqueue(text: string | null): void {
    if (this.#isCut) return
    const { timeline } = this.#path
    const earliest = timeline.now + this.#latency()
    const last = this.#underWay.at(-1)
    const arrivesAt = last === undefined ? earliest : Math.max(earliest, last.arrivesAt)
    this.#underWay.push({ text, arrivesAt })
    if (this.#underWay.length === 1) this.#deliverAt(arrivesAt)
  }

  #deliverAt(at: number): void {
    const { timeline } = this.#path
    if (this.#delivery !== undefined) this.#delivery.cancelled = true
    this.#delivery = timeline.after(at - timeline.now, () => this.#deliver())
  }

  #deliver(): void {
    const [packet] = this.#underWay
    if (packet === undefined) return
    const { timeline } = this.#path
    if (!this.#path.isOpen(this.host, this.other.host)) return this.#retry()
    this.#unheardSince = null
    this.#retryMs = FIRST_RETRY_MS
    if (this.other.#state !== 'open') {
      this.#underWay = []
      return this.notice('connection reset')
    }
    this.#underWay.shift()
    const [next] = this.#underWay
    if (next !== undefined) this.#deliverAt(Math.max(next.arrivesAt, timeline.now))
    if (packet.text === null) this.other.notice('closed by the other end')
    else this.other.#handlers?.onMessage(packet.text)
  }

  #retry(): void {
    const { timeline } = this.#path
    this.#unheardSince ??= timeline.now
    if (timeline.now - this.#unheardSince > RETRY_LIMIT_MS) {
      this.#underWay = []
      return this.notice('connection timed out')
    }
    this.#deliverAt(timeline.now + this.#retryMs)
    this.#retryMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryMs)
  }
}
