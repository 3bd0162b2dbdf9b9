// Dates as Java writes them.

// Making one takes longer than all the rest.
const ZONE_FORMAT = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })

/** As java.util.Date.toString writes it: `Fri Nov 20 21:36:21 UTC 2026`, in local time. */
export function javaDate(at: number): string {
  const date = new Date(at)
  const [weekday, month, day, year] = date.toDateString().split(' ')
  const time = date.toTimeString().slice(0, 8)
  const zone = ZONE_FORMAT.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value
  return `${weekday} ${month} ${day} ${time} ${zone ?? 'UTC'} ${year}`
}
