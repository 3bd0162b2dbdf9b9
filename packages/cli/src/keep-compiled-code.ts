import { setFlagsFromString } from 'node:v8'

/** Milliseconds, far beyond the life of a process: 24 days is the longest that V8 takes. */
const NEVER_MS = 2 ** 31 - 1

/**
 * Has the engine keep what it has compiled through quiet times. V8 forgets code that was not run between some
 * collections of garbage, and throws optimised code away when the shapes of objects that it was made for have no
 * object left. Some seconds after a burst its memory reducer collects for just that, whatever the other two flags
 * say; a program cannot turn it off but only put it off, and only before much is loaded. A master that idles for
 * half a minute would compile itself anew when the next hundred applications come at once, and take twice as long
 * for them (`npm run bench -- placement waiting`). What is kept are some megabytes.
 */
export function keepCompiledCode(): void {
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${NEVER_MS}`)
  setFlagsFromString('--no-flush-bytecode')
  setFlagsFromString('--retain-maps-for-n-gc=1000000')
}
