// Where a text stands that is to stand nowhere: in files of a test's cluster and command lines of its processes.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { markedProcesses } from './processes.ts'
import type { TestCluster } from './test-cluster.ts'

/**
 * Files and command lines that hold the text, but for what the test itself gave it to: the daemons' file and the
 * command line of spark-submit.
 */
export function placesOf(cluster: TestCluster, text: string): string[] {
  const files = readdirSync(cluster.directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(cluster.directory, name))
    .filter((file) => path.basename(file) !== 'daemon.conf' && holds(file, text))
  const processes = markedProcesses(cluster.mark)
    .map(({ commandLine }) => commandLine.join(' '))
    .filter((line) => line.includes(text) && !line.includes('SparkSubmit'))
  return [...files, ...processes]
}

// What is no file, or is gone since it was listed, holds nothing: processes run meanwhile.
function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file).includes(text)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'EISDIR', 'ENXIO'].includes(code)) return false
    throw error
  }
}
