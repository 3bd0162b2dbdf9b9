// The configured patterns of ids, as formatters.
import { parseIdPattern, type IdPattern } from '@hearth/common/domain/id-pattern.ts'
import type { Settings } from './settings.ts'

/** The arguments of `spark.deploy.appIdPattern` and `driverIdPattern`: the time and the counter. */
const ARGUMENTS = ['text', 'integer'] as const

/** The configured pattern. Throws for one that {@link idPatternProblem} finds wrong. */
export function applicationIdPattern({ applicationIdPattern: pattern }: Settings): IdPattern {
  const parsed = parseIdPattern(pattern, ARGUMENTS)
  if (typeof parsed === 'string') throw new Error(`spark.deploy.appIdPattern: ${parsed}`)
  return parsed
}

/** The configured pattern of drivers' ids; see {@link applicationIdPattern}. */
export function driverIdPattern({ driverIdPattern: pattern }: Settings): IdPattern {
  const parsed = parseIdPattern(pattern, ARGUMENTS)
  if (typeof parsed === 'string') throw new Error(`spark.deploy.driverIdPattern: ${parsed}`)
  return parsed
}

/** What is wrong with a pattern, as a sentence for whoever configured it; undefined when nothing is. */
export function idPatternProblem(pattern: string): string | undefined {
  const parsed = parseIdPattern(pattern, ARGUMENTS)
  if (typeof parsed === 'string') return parsed
  return parsed.uses(1)
    ? undefined
    : 'it does not use the counter, %d, so two would have the same id'
}
