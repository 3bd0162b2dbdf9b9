import { setFlagsFromString } from 'node:v8'

/**
 * Has the engine keep what it has compiled through quiet times. V8 forgets code that was not run between some
 * collections of garbage, and throws optimised code away when the shapes of objects that it was made for have no
 * object left. A master that idles for a minute would compile itself anew when the next hundred applications
 * come at once, and take twice as long for them (`npm run bench -- placement waiting`). What is kept are a few
 * megabytes.
 */
export function keepCompiledCode(): void {
  setFlagsFromString('--no-flush-bytecode')
  setFlagsFromString('--retain-maps-for-n-gc=1000000')
}
