// Looks at what an ended process left behind.
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { ProcessHint } from '../core/events.ts'
import {
  MAX_DIAGNOSED_BYTES,
  diagnoseDriverStderr,
  diagnoseStderr,
} from '../doors/spark/diagnose-stderr.ts'
import { readLogRange } from '../doors/ui/log-file.ts'

/** A disk that hangs must not keep the end of a process from being told. */
export const DIAGNOSIS_LIMIT_MS = 2000

/** Finds the cause of a process's end; null when there is none to be found. */
export type Diagnose = (key: ProcessKey) => Promise<ProcessHint | null>

/** Reads the end of the process's stderr in `workDir`, so much and no longer. Never rejects. */
export function createDiagnosis(
  workDir: string,
  { limitMs = DIAGNOSIS_LIMIT_MS, readRange = readLogRange } = {},
): Diagnose {
  return async (key) => {
    const find = key.kind === 'executor' ? diagnoseStderr : diagnoseDriverStderr
    const request = { logType: 'stderr', offset: null, byteLength: MAX_DIAGNOSED_BYTES } as const
    const read = readRange(workDir, { owner: key, ...request }).then(
      ({ bytes }) => find(new TextDecoder().decode(bytes)),
      // Without a log there is nothing to say; the end itself is told all the same.
      () => null,
    )
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), limitMs)
    })
    return await Promise.race([read, limit]).finally(() => clearTimeout(timer))
  }
}
