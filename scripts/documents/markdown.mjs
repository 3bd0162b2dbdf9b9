// Pieces of Markdown that more than one generated document needs.

/** The first lines of a document that nobody edits. */
export function generatedHeading(title, source) {
  return `<!-- Generated from ${source} by scripts/generate-docs.mjs; edit the source. -->\n\n# ${title}\n`
}

/** A table; texts with a vertical bar or a line break stay in their cell. */
export function table(headings, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const cell = (value) => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ')
  const rule = headings.map(() => '---')
  return [line(headings), line(rule), ...rows.map((row) => line(row.map(cell)))].join('\n')
}

export function code(text) {
  return `\`${text}\``
}

/** Replaces what stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. */
export function replaceBlock(text, name, block) {
  const start = `<!-- generated: ${name} -->`
  const end = `<!-- end: ${name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the lines ${start} and ${end} are missing`)
  return `${text.slice(0, from + start.length)}\n\n${block}\n\n${text.slice(to)}`
}
