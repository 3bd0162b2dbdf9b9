import type { Frame } from '../../../protocol/spark-rpc/frame.ts'
import type { StreamProtection } from './stream-protection.ts'

/** How an authentication stands after a frame of the peer. */
export type Verdict =
  | { readonly kind: 'pending' }
  /** Both know the secret; null protects nothing further. */
  | { readonly kind: 'authenticated'; readonly protection: StreamProtection | null }
  /** The connection must be closed; `reason` says why, without anything secret. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface SparkHandshakeStep {
  /** Sent as it stands, before anything is protected. */
  readonly frames: readonly Frame[]
  readonly verdict: Verdict
  /** What the operator of this end should know of, although the authentication goes on. */
  readonly note?: string
}

/** One end of an authentication: frames of the peer in, frames for it out, until there is a verdict. */
export interface SparkHandshake {
  /** What to send before the peer has said anything. */
  begin(): readonly Frame[]
  take(frame: Frame): SparkHandshakeStep
}

export const PENDING: Verdict = { kind: 'pending' }
