import { createHash } from 'node:crypto'
import path from 'node:path'
import { variable, type Environment } from './variables.ts'

/**
 * The roots of local storage, in Spark's order of places (`Utils.getConfiguredLocalDirs`, 3.5 to 4.3):
 * `SPARK_EXECUTOR_DIRS` (colons), `SPARK_LOCAL_DIRS` (commas), `spark.local.dir` (commas), else the
 * system's directory for temporary files. Absolute, none twice.
 */
export function scratchRoots(
  environment: Environment,
  localDir: string | undefined,
  temporaryDir: string,
): readonly string[] {
  const executorDirs = variable('SPARK_EXECUTOR_DIRS', environment, {})
  const localDirs = variable('SPARK_LOCAL_DIRS', environment, {}) ?? localDir ?? ''
  const listed = executorDirs === undefined ? localDirs.split(',') : executorDirs.split(':')
  const roots = listed.map((root) => root.trim()).filter((root) => root !== '')
  const chosen = roots.length === 0 ? [temporaryDir] : roots
  return [...new Set(chosen.map((root) => path.resolve(root)))]
}

/**
 * The scratch directories of an application on this worker, `ROOT/spark-<uuid>/executor-<uuid>`. They
 * follow from `scratchId`, which is the worker's for ever, and the application: a worker that comes back
 * knows what to remove.
 */
export function scratchPaths(
  roots: readonly string[],
  scratchId: string,
  applicationId: string,
): readonly string[] {
  const worker = `spark-${uuidOf(scratchId)}`
  const application = `executor-${uuidOf(`${scratchId} ${applicationId}`)}`
  return roots.map((root) => path.join(root, worker, application))
}

// A UUID of version 8 (RFC 9562), whose bits are the maker's choice.
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...groups, hex.slice(20)].join('-')
}
