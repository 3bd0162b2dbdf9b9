// What a simulated driver and the master say to each other, in place of Spark's messages. Sent as JSON.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId, ExecutorNumber } from '@hearth/common/domain/ids.ts'
import type { ClientMessage, Reply } from '@hearth/master/core/effects.ts'

export type DriverToMaster =
  | { type: 'register'; client: string; description: ApplicationDescription }
  | { type: 'unregister'; applicationId: ApplicationId }
  | { type: 'request-executors'; ask: number; applicationId: ApplicationId; total: number }
  | {
      type: 'kill-executors'
      ask: number
      applicationId: ApplicationId
      executors: readonly ExecutorNumber[]
    }
  /** The answer to `are-you-there`. */
  | { type: 'here-i-am' }
  /** The answer to `master-changed`. */
  | { type: 'acknowledge'; applicationId: ApplicationId | null }

export type MasterToDriver =
  | ClientMessage
  | { type: 'are-you-there' }
  | { type: 'reply'; ask: number; reply: Reply }
