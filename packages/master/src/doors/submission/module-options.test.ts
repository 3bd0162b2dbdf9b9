import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MODULE_OPTIONS, withModuleOptions } from './module-options.ts'

interface RecordedFrame {
  readonly class?: string
  readonly value?: { readonly driverDesc?: { readonly command: { readonly javaOpts: string[] } } }
}

// The last LaunchDriver of the recordings is of a REST submission, to which the server of 4.x adds the list.
test.each(['4.1.4', '4.3.0'])('every package that Spark %s opens is opened', (release) => {
  const index = new URL(
    `../../../../../test/fixtures/spark/${release}/cluster-rpc/index.json`,
    import.meta.url,
  )
  const { frames } = JSON.parse(readFileSync(index, 'utf8')) as { frames: RecordedFrame[] }
  const launches = frames.filter(({ class: name }) => name?.endsWith('$LaunchDriver'))
  const opened = launches
    .at(-1)
    ?.value?.driverDesc?.command.javaOpts.filter((option) => option.startsWith('--add-opens='))
  expect(opened).toHaveLength(15)
  expect(MODULE_OPTIONS.filter((option) => option.startsWith('--add-opens='))).toEqual(opened)
})

test('options with an --add-opens of their own are left alone', () => {
  const one = ['--add-opens=java.base/sun.nio.ch=ALL-UNNAMED']
  expect(withModuleOptions(one)).toEqual(one)
  const two = ['--add-opens', 'java.base/sun.nio.ch=ALL-UNNAMED']
  expect(withModuleOptions(two)).toEqual(two)
  // That of the configuration is a property, not an option of the JVM.
  const property = ['-Dspark.driver.extraJavaOptions=--add-opens=x']
  expect(withModuleOptions(property)).toEqual([...MODULE_OPTIONS, ...property])
  // Unknown to older JVMs, so that they have to be told to pass over them first.
  expect(withModuleOptions([])[0]).toBe('-XX:+IgnoreUnrecognizedVMOptions')
})
