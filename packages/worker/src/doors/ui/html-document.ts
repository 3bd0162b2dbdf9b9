import { escapeHtml } from '@hearth/common/runtime/http/html.ts'

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse;margin-bottom:2rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}th{font-weight:600}pre{background:#f6f6f6;padding:1rem;overflow:auto}'

/** Pages run no script and load nothing; logs and names in them come from applications. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** A whole page; `body` is HTML already. */
export function htmlDocument(title: string, body: string): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style>`
  return `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`
}

/** Only http addresses become links: others may hold a script. */
export function link(url: string, text: string): string {
  const label = escapeHtml(text)
  return /^(?:https?:\/\/|\/)/.test(url) ? `<a href="${escapeHtml(url)}">${label}</a>` : label
}
