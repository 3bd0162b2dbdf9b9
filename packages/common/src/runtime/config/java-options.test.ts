import { expect, test } from 'vitest'
import { parseJavaOptions, splitWords } from './java-options.ts'

test.each([
  ['', []],
  ['  -Da=1\t-Db=2\n', ['-Da=1', '-Db=2']],
  [`-Da="x y" '-Db=p q'`, ['-Da=x y', '-Db=p q']],
  [`-Da='back\\slash' "esc\\"aped" one\\ word`, ['-Da=back\\slash', 'esc"aped', 'one word']],
  [`""`, ['']],
])('%j', (text, words) => {
  expect(splitWords(text)).toEqual(words)
})

test('properties come out, JVM options are told apart', () => {
  const options = parseJavaOptions(
    'SPARK_MASTER_OPTS',
    '-Xmx2g -Dspark.worker.timeout=30 -Dlog4j2.debug=true -Dspark.ui.filters -Dhearth.x="a b" -Dspark.worker.timeout=40',
  )
  expect(Object.fromEntries(options.properties)).toEqual({
    'spark.worker.timeout': '40',
    'spark.ui.filters': '',
    'hearth.x': 'a b',
  })
  expect(options.ignored).toEqual(['-Xmx2g', '-Dlog4j2.debug=true'])
})

test('an open quote is refused with the name of the variable', () => {
  expect(() => parseJavaOptions('SPARK_WORKER_OPTS', '-Dspark.a="x')).toThrow(
    'SPARK_WORKER_OPTS: a quote is opened and not closed in "-Dspark.a=\\"x"',
  )
})
