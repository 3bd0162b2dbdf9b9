import { expect, test } from 'vitest'
import { classPath, type ClassPathInput } from './class-path.ts'
import type { FileFacts } from './file-facts.ts'

const INPUT: ClassPathInput = {
  entries: [],
  spark: { home: '/opt/spark', version: '3.5.9', scala: '2.12', firstJars: [] },
  commandEnvironment: {},
  workerEnvironment: {},
}

function factsWith(...directories: string[]): FileFacts {
  return { isDirectory: (path) => directories.includes(path), readText: () => undefined }
}

test('without anything else it is the configuration and the jars', () => {
  expect(classPath(INPUT, factsWith())).toBe('/opt/spark/conf:/opt/spark/jars/*')
  expect(classPath(INPUT, factsWith('/opt/spark/conf'))).toBe('/opt/spark/conf/:/opt/spark/jars/*')
})

test('variables of the command win over the worker’s; an empty one counts as none', () => {
  const input: ClassPathInput = {
    ...INPUT,
    commandEnvironment: { SPARK_CONF_DIR: '/app/conf', HADOOP_CONF_DIR: '' },
    workerEnvironment: {
      SPARK_CONF_DIR: '/etc/spark',
      HADOOP_CONF_DIR: '/etc/hadoop',
      YARN_CONF_DIR: '/etc/yarn',
      SPARK_DIST_CLASSPATH: '/a.jar::/b:/etc/hadoop',
    },
  }
  expect(classPath(input, factsWith('/etc/hadoop', '/b'))).toBe(
    '/app/conf:/opt/spark/jars/*:/etc/hadoop/:/etc/yarn:/a.jar:/b/',
  )
})

test('an application’s entries come first, each once, also when one names several', () => {
  const input = { ...INPUT, entries: ['/x.jar:/y/', '', '/x.jar', '/y'] }
  expect(classPath(input, factsWith('/y'))).toBe('/x.jar:/y/:/opt/spark/conf:/opt/spark/jars/*')
})
