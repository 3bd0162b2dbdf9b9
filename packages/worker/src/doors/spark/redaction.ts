/** `spark.redaction.regex` where nobody set it (Spark 3.5 to 4.3). */
export const DEFAULT_REDACTION = '(?i)secret|password|token|access[.]?key'

/** What Spark writes in place of a secret. */
const REPLACEMENT = '*********(redacted)'

/**
 * Reads the value of `spark.redaction.regex`. Java's leading `(?i)` is understood; what else Java alone
 * understands is refused here, at the worker's start, and not when a secret stands in a log.
 */
export function parseRedaction(text: string): RegExp {
  const ignoresCase = text.startsWith('(?i)')
  try {
    return new RegExp(ignoresCase ? text.slice('(?i)'.length) : text, ignoresCase ? 'iu' : 'u')
  } catch (error) {
    throw new Error(`spark.redaction.regex '${text}' is not understood: ${String(error)}`, {
      cause: error,
    })
  }
}

/**
 * A command line fit for a log: the value of every `-Dkey=value` whose key or value matches is replaced
 * (`Utils.redactCommandLineArgs`, Spark 3.5 to 4.3).
 */
export function redactCommandLine(argv: readonly string[], secret: RegExp): string[] {
  return argv.map((argument) => {
    const [, key = '', value = ''] = /^-D(.+?)=(.+)$/s.exec(argument) ?? []
    if (key === '' || !(secret.test(key) || secret.test(value))) return argument
    return `-D${key}=${REPLACEMENT}`
  })
}

const TITLES = { executor: 'Spark Executor Command', driver: 'Launch Command' } as const

/**
 * What stands in a process's `stderr` before what it writes itself (`ExecutorRunner.fetchAndRunExecutor`,
 * `DriverRunner.runDriver`).
 */
export function formatHeader(
  kind: keyof typeof TITLES,
  argv: readonly string[],
  secret: RegExp,
): string {
  const words = redactCommandLine(argv, secret).map((word) => `"${word}"`)
  return `${TITLES[kind]}: ${words.join(' ')}\n${'='.repeat(40)}\n\n`
}
