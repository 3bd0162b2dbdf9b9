import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import { CommandFailure } from '../command-failure.ts'

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another daemon listens there: stop it, or choose another --port and --webui-port (0 takes any free one)',
  EADDRNOTAVAIL: '--host must be a name or an address of this machine',
  ENOTFOUND: '--host must be a name or an address of this machine',
  EACCES: 'ports below 1024 and directories of others need more rights than this user has',
}

/**
 * A daemon's start that was refused, as the user should see it. Daemons reject with a plain error and a
 * sentence for what is missing or taken; anything else is a defect and keeps its stack.
 */
export function startFailure(error: unknown): unknown {
  if (
    !(error instanceof Error) ||
    error instanceof ConfigError ||
    error instanceof CommandFailure
  ) {
    return error
  }
  const { code, syscall } = error as NodeJS.ErrnoException
  if (error.name !== 'Error' && syscall === undefined) return error
  const hint = code === undefined ? undefined : HINTS[code]
  return new CommandFailure(error.message, { cause: error, ...(hint !== undefined && { hint }) })
}
