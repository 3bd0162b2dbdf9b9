// Identifiers of the pool. An id is a branded string made only by its parse or format function, so
// that a worker id can never be passed where an application id is meant.

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type WorkerId = Branded<'WorkerId'>
export type ApplicationId = Branded<'ApplicationId'>
export type DriverId = Branded<'DriverId'>

/** Executors are numbered 0, 1, 2 … within their application; a number is never used again. */
export type ExecutorNumber = number

/** An instant in milliseconds since the epoch (wall clock). */
export type Instant = number

// Ids end up in file names, URLs and JVM arguments: no white space, no path separators, nothing
// that a shell or an HTML page would treat specially. Colons and brackets occur in IPv6 hosts.
const SAFE_ID = /^[A-Za-z0-9_.:[\]%-]{1,255}$/
const DOTS_ONLY = /^\.+$/

/** Runs of one driver are numbered 1, 2, 3 …: a supervised one may be started more than once under its id. */
export type DriverAttempt = number

/** True for what can be an id of a worker, an application or a driver. */
export function isSafeId(text: string): boolean {
  return SAFE_ID.test(text) && !DOTS_ONLY.test(text)
}

/** The text as a worker id, or undefined when it could not safely be one (length, characters). */
export function parseWorkerId(text: string): WorkerId | undefined {
  return isSafeId(text) ? (text as WorkerId) : undefined
}

/** The text as an application id, or undefined when it could not safely be one. */
export function parseApplicationId(text: string): ApplicationId | undefined {
  return isSafeId(text) ? (text as ApplicationId) : undefined
}

/** The text as a driver id, or undefined when it could not safely be one. */
export function parseDriverId(text: string): DriverId | undefined {
  return isSafeId(text) ? (text as DriverId) : undefined
}

/** `app-yyyyMMddHHmmss-NNNN`, Spark's pattern; `number` grows beyond four digits when it must. */
export function formatApplicationId(at: Instant, number: number): ApplicationId {
  return `app-${formatStamp(at)}-${String(number).padStart(4, '0')}` as ApplicationId
}

/** `APPLICATION/NUMBER`, the full name of an executor in logs and tables. */
export function formatExecutorId(applicationId: ApplicationId, executor: ExecutorNumber): string {
  return `${applicationId}/${executor}`
}

/**
 * `yyyyMMddHHmmss` in UTC. Spark uses local time; in UTC no hour repeats when summer time ends, and
 * the core needs no time zone.
 */
export function formatStamp(at: Instant): string {
  const days = Math.floor(at / 86_400_000)
  const seconds = Math.floor((at - days * 86_400_000) / 1000)
  const { year, month, day } = civilDate(days)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${String(year).padStart(4, '0')}${two(month)}${two(day)}${clock.map(two).join('')}`
}

// Days since 1970-01-01 to a Gregorian date, counting years from March so that the leap day is last.
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}
