import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import { EXIT_FAILURE, EXIT_USAGE } from './exit-codes.ts'

export interface FailureOptions {
  readonly exitCode?: number
  /** What the user can do about it: one sentence, or several lines. */
  readonly hint?: string
  readonly cause?: unknown
}

/** A failure that the user can understand from one line; it is shown without a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: number
  readonly hint: string | undefined

  constructor(message: string, { exitCode = EXIT_FAILURE, hint, cause }: FailureOptions = {}) {
    super(message, { cause })
    this.name = 'CommandFailure'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** A mistake on the command line or in the configuration. */
export function usageFailure(message: string, hint?: string): CommandFailure {
  return new CommandFailure(message, { exitCode: EXIT_USAGE, ...(hint !== undefined && { hint }) })
}

/** What an error says on standard error, and the exit status of the program. */
export function describeFailure(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof CommandFailure) {
    const hint = error.hint === undefined ? '' : `${indent(error.hint)}\n`
    return { text: `hearth: ${error.message}\n${hint}`, code: error.exitCode }
  }
  if (error instanceof ConfigError) {
    const lines = error.problems.map((problem) => `hearth: ${problem}\n`)
    return { text: lines.join(''), code: EXIT_USAGE }
  }
  // Anything else is the operating system refusing something, which its message explains, or a
  // defect, for which the stack is what a report needs.
  const isSystemError = error instanceof Error && 'syscall' in error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `hearth: ${isSystemError ? error.message : text}\n`, code: EXIT_FAILURE }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
