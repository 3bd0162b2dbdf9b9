import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import { describeFailure } from '../command-failure.ts'
import { startFailure } from './start-failure.ts'

test('a port that is taken says what to do', async () => {
  const [holder, other] = [createServer(), createServer()]
  holder.listen(0, '127.0.0.1')
  await once(holder, 'listening')
  other.listen(holder.address())
  const [error] = (await once(other, 'error')) as [Error]
  holder.close()
  expect(describeFailure(startFailure(error))).toEqual({
    text: expect.stringMatching(
      /^hearth: listen EADDRINUSE.*:\d+\n  another daemon listens there.*\n$/,
    ) as unknown,
    code: 1,
  })
})

test('a sentence is shown without a stack', () => {
  const { text } = describeFailure(startFailure(new Error('SPARK_HOME is /x, which is no Spark')))
  expect(text).toBe('hearth: SPARK_HOME is /x, which is no Spark\n')
})

test('a defect keeps its stack', () => {
  expect(describeFailure(startFailure(new TypeError('x is not a function'))).text).toContain(
    '    at ',
  )
})

test('bad configuration stays a usage error, one line a problem', () => {
  expect(describeFailure(startFailure(new ConfigError(['a is bad', 'b is worse'])))).toEqual({
    text: 'hearth: a is bad\nhearth: b is worse\n',
    code: 2,
  })
})
