import { printable } from '../text-table.ts'
import type { CreateRequest } from './create-request.ts'

// What Spark itself hides by default (spark.redaction.regex, 3.5 and 4.x).
const SECRET = /secret|password|token|access[.]?key/i
const HIDDEN = '*********(redacted)'

/** What `submit --verbose` shows before it submits; values that look like secrets are hidden. */
export function describeRequest(request: CreateRequest, masters: readonly URL[]): string {
  const { appResource, mainClass, appArgs, sparkProperties, environmentVariables } = request
  const lines = [
    `REST ports   ${masters.map(({ origin }) => origin).join(', ')}`,
    `resource     ${appResource === '' ? '(none)' : appResource}`,
    `main class   ${mainClass}`,
    `arguments    ${appArgs.map((text) => JSON.stringify(text)).join(' ')}`,
    ...entryLines('properties', sparkProperties),
    ...entryLines('environment', environmentVariables),
  ]
  return `${lines.map((line) => printable(line).trimEnd()).join('\n')}\n`
}

function entryLines(title: string, entries: Readonly<Record<string, string>>): string[] {
  const shown = Object.entries(entries)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${SECRET.test(`${key} ${value}`) ? HIDDEN : value}`)
  return shown.map((text, index) => `${(index === 0 ? title : '').padEnd(11)}  ${text}`)
}
