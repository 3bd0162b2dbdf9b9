// A log in the browser, page by page, without a script.
import { processDirectory } from '@hearth/common/domain/process-key.ts'
import { escapeHtml } from '@hearth/common/runtime/http/html.ts'
import { htmlDocument, link } from './html-document.ts'
import type { LogRange } from './log-file.ts'
import { logUrl, type LogRequest } from './log-request.ts'

export function logPage(request: LogRequest, range: LogRange): string {
  const { owner, logType, byteLength } = request
  const { start, end, total, bytes } = range
  const title = `${logType} of ${processDirectory(owner)}`
  const older = { offset: Math.max(0, start - byteLength), byteLength: Math.min(start, byteLength) }
  const links = [
    link('/', 'Worker'),
    start > 0 ? link(logUrl('/logPage/', request, older), 'Older') : '',
    end < total ? link(logUrl('/logPage/', request, { offset: end, byteLength }), 'Newer') : '',
    link(logUrl('/logPage/', request), 'End of log'),
    link(logUrl('/log/', request, { offset: start, byteLength }), 'Plain text'),
  ]
  return htmlDocument(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>${links.filter((item) => item !== '').join(' · ')}</p>`,
      `<p>Bytes ${start}-${end} of ${total} of ${escapeHtml(range.path)}</p>`,
      `<pre>${escapeHtml(Buffer.from(bytes).toString('utf8'))}</pre>`,
    ].join(''),
  )
}

/** The whole answer of `/log`: a line that says which bytes follow, and the bytes as they are. */
export function plainLog({ start, end, total, path, bytes }: LogRange): Buffer {
  return Buffer.concat([
    Buffer.from(`==== Bytes ${start}-${end} of ${total} of ${path} ====\n`),
    bytes,
  ])
}
