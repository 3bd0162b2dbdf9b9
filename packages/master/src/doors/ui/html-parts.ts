// What the master's pages are built of. Plain HTML: it works in any browser, without a script.
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse;margin-bottom:2rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}th{font-weight:600}td:first-child a{white-space:nowrap}'

/** Pages run no script and load nothing; names in them come from applications. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** A whole page; `body` is HTML already. */
export function htmlDocument(title: string, body: readonly string[]): string {
  const text = escapeHtml(title)
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${text}</title>`,
    `<style>${STYLE}</style><h1>${text}</h1>`,
    ...body.filter((part) => part !== ''),
    '</html>',
  ].join('\n')
}

/** Names and addresses come from drivers and workers: only http addresses and paths of ours become links. */
export function link(url: string, text: string): string {
  const label = escapeHtml(text)
  return /^(?:https?:\/\/|\/(?!\/))/.test(url) ? `<a href="${escapeHtml(url)}">${label}</a>` : label
}

/** A titled table with the number of its rows; cells are HTML already. */
export function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
  return `<h2>${escapeHtml(title)} (${rows.length})</h2><table><tr>${head}</tr>${body.join('')}</table>`
}

/** Facts one below the other; values are HTML already. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  const body = rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${value}</td></tr>`)
  return `<table>${body.join('')}</table>`
}

/** `3 s`, `2 min 5 s`, `1 h 20 min`, `2 d 3 h`: two units at most. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 24
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
