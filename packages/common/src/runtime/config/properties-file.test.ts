import fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseProperties, readPropertiesFile } from './properties-file.ts'

function parse(text: string): Record<string, string> {
  return Object.fromEntries(parseProperties(text))
}

test('white space, = and : part key and value; other prefixes are left out', () => {
  const text = [
    '# a comment',
    '! another',
    '',
    'spark.a  one',
    'spark.b=two',
    '  spark.c : three = 3  ',
    'hearth.d\tfour words are one value',
    'spark.empty',
    'log4j.rootLogger INFO',
    'sparkling.water yes',
  ].join('\n')
  expect(parse(text)).toEqual({
    'spark.a': 'one',
    'spark.b': 'two',
    'spark.c': 'three = 3',
    'hearth.d': 'four words are one value',
    'spark.empty': '',
  })
})

test('a line goes on after an odd number of backslashes, and # is text there', () => {
  expect(parse('spark.a one, \\\n   # two\r\nspark.b x\\\\\nspark.c y')).toEqual({
    'spark.a': 'one, # two',
    'spark.b': 'x\\',
    'spark.c': 'y',
  })
  expect(parse('spark.last text\\')).toEqual({ 'spark.last': 'text' })
})

test('escapes: unicode, control characters, separators within a key', () => {
  expect(parse('spark.uni \\u00e9\\u20AC\nspark.tab a\\tb\nspark.k\\=e\\ y v')).toEqual({
    'spark.uni': 'é€',
    'spark.tab': 'a\tb',
    'spark.k=e y': 'v',
  })
})

test('the last of equal keys wins', () => {
  expect(parse('spark.a 1\nspark.a 2')).toEqual({ 'spark.a': '2' })
})

test('any text is read without failing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const key of parseProperties(text).keys()) expect(key).toMatch(/^(spark|hearth)\./)
    }),
  )
})

test('a file that cannot be read is named', async () => {
  await expect(readPropertiesFile('/nowhere/spark.conf')).rejects.toThrow(
    /^properties file \/nowhere\/spark\.conf cannot be read: ENOENT/,
  )
})

test('a file is read as UTF-8', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'hearth-properties-'))
  try {
    await writeFile(path.join(dir, 'a.conf'), 'spark.master.ui.title Größe\n')
    const properties = await readPropertiesFile(path.join(dir, 'a.conf'))
    expect(properties.get('spark.master.ui.title')).toBe('Größe')
  } finally {
    await rm(dir, { recursive: true })
  }
})
