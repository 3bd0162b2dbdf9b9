// Reads docs/delivery.md: which messages it has a table for, and what is wrong with a table.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './planted-tree.ts'

export interface Section {
  readonly messages: readonly string[]
  /** Those between whom the messages pass: `worker`, `master`. */
  readonly parties: readonly string[]
  readonly rows: readonly Row[]
}

interface Row {
  readonly question: string
  readonly answer: string
  readonly shownBy: string
}

/** Asked of every message. */
const ALWAYS = [
  'Durable before the reply',
  'A duplicate',
  ...['Leader dies before', 'Leader dies after', 'Worker dies before', 'Worker dies after'],
]
/** Parties that have their questions already, or that do not die. */
const ALWAYS_ASKED = ['master', 'worker', 'file']
const LATER = 'with recovery'
const NOT_APPLICABLE = '–'

/** The sections with their tables, in order. Throws for a heading that names no messages. */
export function readSections(document: string): Section[] {
  return document
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [heading = '', ...lines] = text.split(/^## /m)[0]?.split('\n') ?? []
      const direction = /\((\w+) → (\w+)\)$/.exec(heading)
      if (direction === null) throw new Error(`no direction (from → to) in '${heading}'`)
      const rows = lines.filter((line) => line.startsWith('|')).slice(2)
      return { messages: codeOf(heading), parties: direction.slice(1), rows: rows.map(readRow) }
    })
}

/** The messages of the list of those that change nothing: the first column of its table. */
export function readUnchanging(document: string): string[] {
  const [, list = ''] = document.split(/^## What changes nothing$/m)
  return list
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => codeOf(line.split('|')[1] ?? ''))
}

function codeOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

function readRow(line: string): Row {
  const [question = '', answer = '', shownBy = ''] = line
    .replace(/^\| | \|$/g, '')
    .split(' | ')
    .map((cell) => cell.trim())
  return { question, answer, shownBy }
}

/** What is wrong with the tables, a sentence each. */
export function problemsOf(sections: readonly Section[]): string[] {
  return sections.flatMap((section) => {
    const about = section.messages.join(', ')
    const problems = [
      ...questionProblems(section),
      ...section.rows.flatMap((row) =>
        rowProblems(row).map((problem) => `${row.question}: ${problem}`),
      ),
    ]
    return problems.map((problem) => `${about}: ${problem}`)
  })
}

function questionProblems({ parties, rows }: Section): string[] {
  const asked = rows.map(({ question }) => question)
  const peers = parties.filter((party) => !ALWAYS_ASKED.includes(party))
  const wanted = [...ALWAYS, ...peers.flatMap((peer) => pairOf(peer))]
  const further = asked.filter((question) => !wanted.includes(question))
  return [
    ...wanted
      .filter((question) => !asked.includes(question))
      .map((question) => `'${question}' is not answered`),
    ...further
      .filter((question) => !isAskedInPairs(question, asked))
      .map((question) => `'${question}' is no question of these tables`),
    ...(new Set(asked).size < asked.length ? ['a question is answered twice'] : []),
  ]
}

function pairOf(peer: string): string[] {
  const name = `${peer.charAt(0).toUpperCase()}${peer.slice(1)}`
  return [`${name} dies before`, `${name} dies after`]
}

// Who else may die: an executor, a launcher, the process of a driver.
function isAskedInPairs(question: string, asked: readonly string[]): boolean {
  const [, peer] = /^(Driver|Executor|Launcher) dies (?:before|after)$/.exec(question) ?? []
  return peer !== undefined && pairOf(peer).every((one) => asked.includes(one))
}

function rowProblems({ question, answer, shownBy }: Row): string[] {
  if (answer.startsWith(NOT_APPLICABLE)) {
    if (!/^– \S+/.test(answer)) return ['it is not said why this cannot happen']
    return shownBy === NOT_APPLICABLE ? [] : ['what cannot happen is shown by a test']
  }
  if (answer === '') return ['there is no answer']
  const { references, rest } = readReferences(shownBy)
  if (rest !== '') return [`'${rest}' names no test`]
  if (references.length === 0) return ['no test shows it']
  return references.flatMap((reference) => referenceProblems(reference, question))
}

type Reference =
  | { readonly kind: 'later' }
  | { readonly kind: 'scenario'; readonly file: string }
  | { readonly kind: 'test'; readonly file: string; readonly title: string }

const REFERENCE = /(master|worker) `([\w-]+)`|`([\w./-]+\.test\.ts)` “([^”]+)”|with recovery/g

function readReferences(shownBy: string): { references: Reference[]; rest: string } {
  const references = [...shownBy.matchAll(REFERENCE)].map(
    ([whole, core, scenario, file = '', title = '']): Reference => {
      if (whole === LATER) return { kind: 'later' }
      if (core === undefined) return { kind: 'test', file, title }
      return { kind: 'scenario', file: `packages/${core}/src/core/scenarios/${scenario}.txt` }
    },
  )
  return { references, rest: shownBy.replace(REFERENCE, '').replace(/[; ]/g, '') }
}

function referenceProblems(reference: Reference, question: string): string[] {
  if (reference.kind === 'later') {
    // Only the death of the leader needs a store that outlives it.
    return question.startsWith('Leader') ? [] : ['this needs no recovery to be shown']
  }
  const file = path.join(ROOT, reference.file)
  if (!existsSync(file)) return [`there is no ${reference.file}`]
  if (reference.kind === 'scenario') return []
  const isThere = titlesIn(readFileSync(file, 'utf8')).has(reference.title)
  return isThere ? [] : [`${reference.file} has no test “${reference.title}”`]
}

// Also behind the table of a `test.each`, which may have many lines.
function titlesIn(source: string): Set<string> {
  const titles = source.matchAll(/(?:\b(?:test|it|describe)|\))\(\s*(['"`])((?:(?!\1).)+)\1,/g)
  return new Set([...titles].map(([, , title = '']) => title))
}
