import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addSparkFlags, submitProperties, type SubmitFlags } from './submit-flags.ts'

interface Sources {
  readonly file?: Record<string, string>
  readonly environment?: Record<string, string>
}

function submit(args: readonly string[], { file = {}, environment = {} }: Sources = {}) {
  const command = addSparkFlags(new Command('submit')).exitOverride().passThroughOptions()
  command.configureOutput({ writeErr: () => undefined })
  command.argument('[all...]').parse(args, { from: 'user' })
  const flags = command.opts<SubmitFlags>()
  const { properties, warnings } = submitProperties({
    ...{ flags, environment, directory: '/home/ada' },
    file: new Map(Object.entries(file)),
  })
  return { flags, warnings, properties: Object.fromEntries(properties), rest: command.args }
}

test.each([
  [['--name', 'A report'], 'spark.app.name', 'A report'],
  [['--driver-memory', '2g'], 'spark.driver.memory', '2g'],
  [['--driver-cores=2'], 'spark.driver.cores', '2'],
  [['--driver-java-options', '-Da=b -Xss1m'], 'spark.driver.extraJavaOptions', '-Da=b -Xss1m'],
  [['--driver-library-path', '/l'], 'spark.driver.extraLibraryPath', '/l'],
  [['--driver-class-path', '/c'], 'spark.driver.extraClassPath', '/c'],
  [['--executor-memory', '3g'], 'spark.executor.memory', '3g'],
  [['--executor-cores', '4'], 'spark.executor.cores', '4'],
  [['--total-executor-cores', '8'], 'spark.cores.max', '8'],
  [['--num-executors', '2'], 'spark.executor.instances', '2'],
  [['--jars', 'a.jar, http://h/b.jar,'], 'spark.jars', 'file:///home/ada/a.jar,http://h/b.jar'],
  [['--packages', 'g:a:1'], 'spark.jars.packages', 'g:a:1'],
  [['--repositories', 'http://r'], 'spark.jars.repositories', 'http://r'],
  [['--exclude-packages', 'g:b'], 'spark.jars.excludes', 'g:b'],
  [['--py-files', '/x/l.zip'], 'spark.submit.pyFiles', 'file:///x/l.zip'],
  [['--files', 'local:/etc/a'], 'spark.files', 'local:/etc/a'],
  [['--archives', 'env.tgz#env'], 'spark.archives', 'file:///home/ada/env.tgz#env'],
  [['--supervise'], 'spark.driver.supervise', 'true'],
  [['-c', 'spark.a=b=c'], 'spark.a', 'b=c'],
  [['--conf=spark.a='], 'spark.a', ''],
])('%j is %s', (args, key, value) => {
  expect(submit(args).properties).toEqual({ [key]: value })
})

test('what stands behind the application is for the application', () => {
  const { rest, properties } = submit(['--name', 'a', 'app.jar', '--name', 'b', '-v'])
  expect(rest).toEqual(['app.jar', '--name', 'b', '-v'])
  expect(properties).toEqual({ 'spark.app.name': 'a' })
})

test('an option wins over --conf, --conf over the file, the file over variables', () => {
  const sources = {
    file: {
      'spark.driver.memory': 'file',
      'spark.executor.memory': 'file',
      'spark.executor.cores': 'file',
      'hearth.x': 'not for drivers',
    },
    environment: { SPARK_EXECUTOR_CORES: 'env', SPARK_DRIVER_MEMORY: 'env', SPARK_X: '1' },
  }
  const conf = ['-c', 'spark.driver.memory=conf', '-c', 'spark.executor.memory=conf']
  expect(submit(['--driver-memory', 'flag', ...conf], sources).properties).toEqual({
    'spark.driver.memory': 'flag',
    'spark.executor.memory': 'conf',
    'spark.executor.cores': 'file',
  })
  const { properties } = submit([], { environment: { SPARK_EXECUTOR_MEMORY: '2g' } })
  expect(properties).toEqual({ 'spark.executor.memory': '2g' })
})

test('the secret of the cluster is never sent', () => {
  const { properties } = submit(['-c', 'spark.authenticate.secret=s'], {
    file: {
      'spark.authenticate': 'true',
      'spark.authenticate.secret': 's',
      'spark.authenticate.secret.file': '/s',
    },
  })
  expect(properties).toEqual({ 'spark.authenticate': 'true' })
})

test('a property that is not Spark’s is left out, and said', () => {
  const { properties, warnings } = submit(['--conf', 'my.key=1'])
  expect(properties).toEqual({})
  expect(warnings).toEqual(['--conf my.key is left out: it is no property of Spark'])
})

describe('the driver runs in the cluster', () => {
  test.each([
    [['--deploy-mode', 'client'], 'hearth submit lets the cluster run the driver'],
    [['-c', 'spark.submit.deployMode=client'], 'hearth submit lets the cluster run the driver'],
    [['--deploy-mode', 'x'], '--deploy-mode x: there are cluster and client'],
    [['--conf', 'spark.x'], '--conf spark.x: give a property as key=value'],
  ])('%j is refused', (args, sentence) => {
    expect(() => submit(args)).toThrow(sentence)
  })

  test('a file that says client is for spark-submit', () => {
    expect(submit([], { file: { 'spark.submit.deployMode': 'client' } }).warnings).toEqual([])
    expect(submit(['--deploy-mode', 'cluster']).warnings).toEqual([])
  })
})
