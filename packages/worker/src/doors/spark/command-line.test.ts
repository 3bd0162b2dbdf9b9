import { expect, test } from 'vitest'
import { sparkCommandLine, type CommandLineInput } from './command-line.ts'

const INPUT: CommandLineInput = {
  command: {
    mainClass: 'Main',
    arguments: [],
    environment: {},
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: [],
  },
  memoryMb: 512,
  substitutions: {
    inArguments: { '{{APP_ID}}': 'app-$&-1', '{{EXECUTOR_ID}}': '2', '{{HOSTNAME}}': 'h' },
    inJavaOptions: { '{{APP_ID}}': 'app-$&-1', '{{EXECUTOR_ID}}': '2' },
  },
  spark: { home: '/s', version: '4.3.0', scala: '2.13', firstJars: [] },
  java: '/j/bin/java',
  workerEnvironment: { SPARK_CONF_DIR: '/etc/spark', JAVA_HOME: '/not/looked/at' },
}

function commandLine(input: Partial<CommandLineInput>, javaOpts?: string): readonly string[] {
  const readText = (path: string) => (path === '/etc/spark/java-opts' ? javaOpts : undefined)
  return sparkCommandLine({ ...INPUT, ...input }, { isDirectory: () => false, readText })
}

test('options of conf/java-opts come first, split as a shell would, a broken line left out', () => {
  const text = '-Da="x y" -Db=1\n\n-Dbroken="x\n-XX:+UseZGC\n'
  expect(commandLine({}, text).slice(0, 5)).toEqual([
    ...['/j/bin/java', '-Da=x y', '-Db=1', '-XX:+UseZGC', '-cp'],
  ])
})

test('no password of Spark’s own reaches the command line', () => {
  const javaOptions = [
    '-Dspark.authenticate.secret=x',
    '-Dspark.authenticate.secretFile=x',
    '-Dspark.ssl.rpc.keyPassword=x',
    '-Dspark.ssl.rpc.privateKeyPassword=x',
    '-Dspark.ssl.rpc.keyStorePassword=x',
    '-Dspark.ssl.rpc.trustStorePassword=x',
    '-Dspark.ssl.rpc.enabled=true',
    '-Dspark.authenticate=true',
  ]
  const command = { ...INPUT.command, javaOptions }
  expect(commandLine({ command }).slice(4)).toEqual([
    '-Dspark.ssl.rpc.enabled=true',
    '-Dspark.authenticate=true',
    'Main',
  ])
})

test('placeholders are replaced literally, and only where Spark does it', () => {
  const command = {
    ...INPUT.command,
    javaOptions: ['-Xlog:gc:/{{APP_ID}}/{{EXECUTOR_ID}}{{CORES}}'],
    arguments: ['{{APP_ID}}', '{{EXECUTOR_ID}} ', '{{HOSTNAME}}'],
  }
  expect(commandLine({ command }).slice(4)).toEqual([
    '-Xlog:gc:/app-$&-1/2{{CORES}}',
    'Main',
    'app-$&-1',
    '{{EXECUTOR_ID}} ',
    'h',
  ])
})
