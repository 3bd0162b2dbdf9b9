import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findJava } from './find-java.ts'
import { findSpark } from './find-spark.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-find-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function make(file: string, mode = 0o755): string {
  const target = path.join(root, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, '')
  chmodSync(target, mode)
  return target
}

test('JAVA_HOME is taken before the PATH', () => {
  const inHome = make('jdk/bin/java')
  make('bin/java')
  const PATH = path.join(root, 'bin')
  expect(findJava({ JAVA_HOME: path.join(root, 'jdk'), PATH })).toBe(inHome)
  expect(findJava({ JAVA_HOME: '', PATH })).toBe(path.join(root, 'bin/java'))
})

test('a JAVA_HOME without Java is an error even when the PATH has one', () => {
  make('bin/java')
  const environment = { JAVA_HOME: path.join(root, 'nothing'), PATH: path.join(root, 'bin') }
  expect(() => findJava(environment)).toThrow(/JAVA_HOME is .*nothing.*: correct JAVA_HOME/)
})

test('no Java at all says what to install; what cannot be executed is none', () => {
  make('bin/java', 0o644)
  mkdirSync(path.join(root, 'dir/java'), { recursive: true })
  const PATH = [path.join(root, 'bin'), path.join(root, 'dir')].join(':')
  expect(() => findJava({ PATH })).toThrow(/no Java: JAVA_HOME is not set .* openjdk-17-jre/)
})

test('SPARK_HOME tells version and Scala line by its jars', () => {
  make('spark/jars/slf4j-api-2.0.17.jar')
  make('spark/jars/spark-core_2.13-4.1.4.jar')
  const home = path.join(root, 'spark')
  expect(findSpark({ SPARK_HOME: home })).toEqual({
    home,
    version: '4.1.4',
    scala: '2.13',
    firstJars: [path.join(home, 'jars/slf4j-api-2.0.17.jar')],
  })
})

test('Spark 3.5 puts no jar first', () => {
  make('spark/jars/slf4j-api-2.0.7.jar')
  make('spark/jars/spark-core_2.12-3.5.9.jar')
  const found = findSpark({ SPARK_HOME: path.join(root, 'spark') })
  expect(found).toMatchObject({ version: '3.5.9', scala: '2.12', firstJars: [] })
})

test('spark-submit on the PATH leads to its distribution, through links', () => {
  make('spark/jars/spark-core_2.13-4.3.0.jar')
  const submit = make('spark/bin/spark-submit')
  mkdirSync(path.join(root, 'bin'))
  symlinkSync(submit, path.join(root, 'bin/spark-submit'))
  expect(findSpark({ PATH: path.join(root, 'bin') }).home).toBe(path.join(root, 'spark'))
})

test('spark-submit installed by pip leads to the Python package', () => {
  make('venv/bin/spark-submit')
  const jar = make('venv/lib/python3.11/site-packages/pyspark/jars/spark-core_2.13-4.1.4.jar')
  const { home } = findSpark({ PATH: path.join(root, 'venv/bin') })
  expect(home).toBe(path.resolve(jar, '../..'))
})

test('a SPARK_HOME without Spark is an error even when the PATH has one; none says what to do', () => {
  make('spark/jars/spark-core_2.13-4.3.0.jar')
  make('spark/bin/spark-submit')
  const PATH = path.join(root, 'spark/bin')
  expect(() => findSpark({ SPARK_HOME: root, PATH })).toThrow(/SPARK_HOME is .* no spark-core jar/)
  expect(() => findSpark({ PATH: root })).toThrow(/no Spark: .* set SPARK_HOME, or install one/)
})
