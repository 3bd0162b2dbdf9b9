/**
 * Milliseconds of processor time that this process has used. Unlike those of a clock, they do not grow while others
 * have the processor: a bound on them says how much work something is.
 */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
