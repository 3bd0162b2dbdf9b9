// Runs every scenario file of this folder: blocks of timed events, a line of dashes, and the effects
// that must follow; `view` and `deadline` show what the worker shows. REWRITE=1 writes the effects that do follow; commit only what you can explain.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nextDeadline } from '../deadlines.ts'
import { brokenInvariants } from '../invariants.ts'
import { step } from '../step.ts'
import { createWorker } from '../worker.ts'
import { formatEffect, formatView, parseEvent, parseOptions } from './notation.test-support.ts'

const FENCE = '----'

/** The file's text with the effects as they are now. */
function play(text: string): string {
  let worker: ReturnType<typeof createWorker> | undefined
  const blocks = text.trimEnd().split(/\n{2,}/)
  const played = blocks.map((block) => {
    const lines = block.split('\n')
    const inputs = lines.includes(FENCE) ? lines.slice(0, lines.indexOf(FENCE)) : lines
    const effects: string[] = []
    for (const line of inputs) {
      if (line.startsWith('#')) continue
      if (line.startsWith('worker')) {
        worker = createWorker(parseOptions(line))
        continue
      }
      if (worker === undefined) throw new Error(`no worker line before '${line}'`)
      if (line === 'deadline') {
        effects.push(`deadline ${nextDeadline(worker)?.toFixed(0)}`)
        continue
      }
      if (line === 'view') {
        effects.push(...formatView(worker))
        continue
      }
      const [at, event] = parseEvent(line)
      effects.push(...step(worker, event, at).map(formatEffect))
      expect(brokenInvariants(worker), `after '${line}'`).toEqual([])
    }
    const quiet = inputs.every((line) => line.startsWith('#') || line.startsWith('worker'))
    if (quiet) return inputs.join('\n')
    return [...inputs, FENCE, ...(effects.length > 0 ? effects : ['(nothing)'])].join('\n')
  })
  return `${played.join('\n\n')}\n`
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))

test.each(files)('%s', (file) => {
  const path = join(import.meta.dirname, file)
  const text = readFileSync(path, 'utf8')
  const played = play(text)
  if (process.env['REWRITE'] === '1') writeFileSync(path, played)
  else expect(played).toBe(text)
})
