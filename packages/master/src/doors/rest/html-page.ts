import { escapeHtml } from '@hearth/common/runtime/http/html.ts'

/** How Spark's HTTP server marks the pages that it makes itself. */
export const PAGE_HEADERS = {
  'cache-control': 'must-revalidate,no-cache,no-store',
  'content-type': 'text/html;charset=iso-8859-1',
} as const

/**
 * The page that Spark's HTTP server (Jetty 12, 4.3.0) sends where its own code gives none. Older releases differ
 * in a line break and name a class of theirs; nobody reads more of it than the status.
 */
export function errorPage(status: number, message: string, url: string): Buffer {
  const text = escapeHtml(message)
  const title = `${status} ${text}`
  const rows = [
    ['URI', escapeHtml(url)],
    ['STATUS', String(status)],
    ['MESSAGE', text],
  ].map(([name, value]) => `<tr><th>${name}:</th><td>${value}</td></tr>\n`)
  const page = [
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>\n',
    `<title>Error ${title}</title>\n</head>\n<body>\n<h2>HTTP ERROR ${title}</h2>\n`,
    `<table>\n${rows.join('')}</table>\n\n</body>\n</html>\n`,
  ]
  return Buffer.from(page.join(''), 'latin1')
}
