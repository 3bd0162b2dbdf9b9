import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever its clock (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100

/** Seconds of CPU that the process and its threads have used: user and system, ended threads included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may hold anything; utime and stime are fields 14 and 15, from 1.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
