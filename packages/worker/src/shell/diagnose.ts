// Looks at what an ended executor left behind.
import type { ExecutorHint, ExecutorKey } from '../core/events.ts'
import { MAX_DIAGNOSED_BYTES, diagnoseStderr } from '../doors/spark/diagnose-stderr.ts'
import { readLogRange } from '../doors/ui/log-file.ts'

/** A disk that hangs must not keep the end of an executor from being told. */
export const DIAGNOSIS_LIMIT_MS = 2000

/** Finds the cause of an executor's end; null when there is none to be found. */
export type Diagnose = (key: ExecutorKey) => Promise<ExecutorHint | null>

/** Reads the end of the executor's stderr in `workDir`, so much and no longer. Never rejects. */
export function createDiagnosis(
  workDir: string,
  { limitMs = DIAGNOSIS_LIMIT_MS, readRange = readLogRange } = {},
): Diagnose {
  return async ({ applicationId, executor }) => {
    const request = { logType: 'stderr', offset: null, byteLength: MAX_DIAGNOSED_BYTES } as const
    const read = readRange(workDir, { applicationId, executor, ...request }).then(
      ({ bytes }) => diagnoseStderr(new TextDecoder().decode(bytes)),
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
