import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_INTERRUPTED } from '../exit-codes.ts'
import { DEFAULT_SPARK_VERSION, fetchSpark } from '../spark/fetch-spark.ts'
import { type FoundSpark, findSpark } from '../spark/find-spark.ts'
import { sparkCacheDir } from '../spark/spark-cache.ts'
import type { Surroundings } from '../surroundings.ts'

/** The Spark that is there, or one from PyPI, after asking when somebody can answer. */
export async function provideSpark(
  named: string | undefined,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<FoundSpark> {
  const { environment, interactive, out } = surroundings
  const found = await findSpark(named, environment)
  if (found !== undefined) return found
  const version = DEFAULT_SPARK_VERSION
  const dir = sparkCacheDir(environment)
  out('found no Spark: SPARK_HOME is not set, no spark-submit on the PATH, no pyspark installed\n')
  const what = `Spark ${version} from PyPI (about 450 MB, kept in ${dir})`
  if (interactive && !(await confirm(`fetch ${what}? [Y/n] `, signal))) {
    throw new CommandFailure('there is no Spark to run', {
      hint: 'set SPARK_HOME or pass --spark-home',
    })
  }
  out(`fetching ${what}\n`)
  const home = await fetchSpark(version, {
    environment,
    say: (line) => out(`${line}\n`),
    progress: interactive ? 'inherit' : 'quiet',
    signal,
  })
  return { ...home, foundBy: 'Hearth’s cache' }
}

/** True for yes or just Enter. Ctrl-C and the end of the input are no answer but an end. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const ended = once(terminal, 'close').then(() => undefined)
    const asked = terminal.question(question, { signal }).catch(() => undefined)
    const answer = await Promise.race([asked, ended])
    if (answer !== undefined) return /^(?:y(?:es)?)?$/i.test(answer.trim())
    process.stderr.write('\n')
    throw new CommandFailure('interrupted', { exitCode: EXIT_INTERRUPTED })
  } finally {
    terminal.close()
  }
}
