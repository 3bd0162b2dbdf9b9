import { readdirSync, readFileSync } from 'node:fs'
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import {
  diagnoseDriverStderr,
  diagnoseStderr,
  MAX_DIAGNOSED_BYTES,
} from '@hearth/worker/doors/spark/diagnose-stderr.ts'
import { RELEASES } from '../../fixtures/spark/recordings.ts'
import { chance, pick, place } from '../engine/draw.ts'
import { mutateBytes } from '../engine/mutate-bytes.ts'
import { demand } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const MAX_HINT_LENGTH = 1500

/** What recorded executors wrote before they ended. */
function recordedLogs(): Buffer[] {
  const fixtures = new URL('../../fixtures/spark/', import.meta.url)
  return RELEASES.flatMap((release) => {
    const folder = new URL(`${release}/stderr/`, fixtures)
    const names = readdirSync(fixtures.pathname + release).includes('stderr')
      ? readdirSync(folder)
      : []
    return names.map((name) => readFileSync(new URL(name, folder)))
  })
}

export const executorLogs: FuzzTarget = {
  name: 'executor-logs',
  about: 'what an executor or a driver wrote before it ended, read for the cause',
  share: 1,
  open() {
    const corpus = recordedLogs()
    return (random, note) => {
      const log = pick(random, corpus)
      const bytes = mutateBytes(
        chance(random, 0.2) ? repeatedWords(random, log) : log,
        random,
        corpus,
      )
      const end = bytes.subarray(-MAX_DIAGNOSED_BYTES)
      note(end)
      const diagnose = chance(random, 0.3) ? diagnoseDriverStderr : diagnoseStderr
      const hint = diagnose(Buffer.from(end).toString('utf8'))
      if (hint === null) return 'refused'
      demand(hint.text.length <= MAX_HINT_LENGTH, `a hint of ${hint.text.length} characters`)
      demand(
        !/[^\x20-\x7e’–]/.test(hint.text),
        'a hint with characters that a terminal may take badly',
      )
      return 'taken'
    }
  },
}

// Some words of a line again and again: what a pattern that can match in many ways takes long for.
function repeatedWords(random: RandomState, log: Buffer): Buffer {
  const lines = log.toString('latin1').split('\n')
  const words = pick(random, lines).split(' ')
  const start = place(random, words.length)
  const end = start + 1 + drawInteger(random, 4)
  const part = words.slice(start, end).join(' ')
  const line = [
    ...words.slice(0, end),
    ...Array.from({ length: drawInteger(random, 200) }, () => part),
  ]
  const lined = `${line.join(chance(random, 0.5) ? ' ' : '')}\n`
  return Buffer.from(lines.join('\n') + lined.repeat(1 + drawInteger(random, 30)), 'latin1')
}
