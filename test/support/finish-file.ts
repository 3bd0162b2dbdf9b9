import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestCluster } from './test-cluster.ts'

export interface FinishFile {
  /** For SparkPi's `--until-file`. */
  readonly path: string
  /** Lets the job end after its current round. */
  now(): void
}

/** A file whose appearance ends a job of rounds, so that a test and not the clock decides when. */
export function finishFile(cluster: TestCluster, name = 'finish'): FinishFile {
  const file = path.join(cluster.directory, name)
  return { path: file, now: () => writeFileSync(file, '') }
}
