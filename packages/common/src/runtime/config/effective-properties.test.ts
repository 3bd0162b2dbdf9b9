import { expect, test } from 'vitest'
import { effectiveProperties } from './effective-properties.ts'

test('file < options of a variable < options of a later variable < flags', () => {
  const { properties, ignoredOptions } = effectiveProperties({
    file: new Map([
      ['spark.a', 'file'],
      ['spark.b', 'file'],
      ['spark.c', 'file'],
      ['spark.d', 'file'],
    ]),
    environment: {
      SPARK_DAEMON_JAVA_OPTS: '-Dspark.b=daemon -Dspark.c=daemon -Dspark.d=daemon -Xmx1g',
      SPARK_MASTER_OPTS: '-Dspark.c=master -Dspark.d=master',
    },
    optionVariables: ['SPARK_DAEMON_JAVA_OPTS', 'SPARK_MASTER_OPTS', 'SPARK_UNSET_OPTS'],
    flags: new Map([['spark.d', 'flag']]),
  })
  expect(Object.fromEntries(properties)).toEqual({
    'spark.a': 'file',
    'spark.b': 'daemon',
    'spark.c': 'master',
    'spark.d': 'flag',
  })
  expect(ignoredOptions).toEqual(['SPARK_DAEMON_JAVA_OPTS -Xmx1g'])
})
