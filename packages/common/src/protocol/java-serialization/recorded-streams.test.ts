import { describe, expect, test } from 'vitest'
import {
  CONVERSATIONS,
  readConversation,
  RELEASES,
} from '../../../../../test/fixtures/spark/recordings.ts'
import { decodeJavaStream } from './reader.ts'
import { encodeJavaStream } from './writer.ts'

describe.each(RELEASES)('streams recorded from Spark %s', (release) => {
  test.each(CONVERSATIONS)(
    '%s: every one is read wholly and written back byte for byte',
    (name) => {
      const frames = readConversation(release, name)
      expect(frames.length).toBeGreaterThan(1)
      for (const { n, content } of frames) {
        expect(encodeJavaStream(decodeJavaStream(content)), `frame ${n}`).toEqual(content)
      }
    },
  )
})
