import { expect, test } from 'vitest'
import { BadJarUrl, parseJarUrl, showJarUrl, userJarPath } from './jar-source.ts'

const WORK_DIR = '/w/driver-1'

test.each([
  // No scheme is a file, as in Spark; the path is decoded there too.
  ['/opt/a b/app.jar', 'file', '/opt/a b/app.jar', 'app.jar'],
  ['/opt/a%20b/app%2B.jar', 'file', '/opt/a b/app+.jar', 'app+.jar'],
  ['file:/opt/app.jar', 'file', '/opt/app.jar', 'app.jar'],
  ['file:///opt/app.jar', 'file', '/opt/app.jar', 'app.jar'],
  ['file://localhost/opt/app.jar', 'file', '/opt/app.jar', 'app.jar'],
  ['FILE:/opt/job.py', 'file', '/opt/job.py', 'job.py'],
  ['file:/opt/dir/', 'file', '/opt/dir/', 'dir'],
  ['file:/opt/$(touch x)`y`;.jar', 'file', '/opt/$(touch x)`y`;.jar', '$(touch x)`y`;.jar'],
])('%s is a file of the worker', (jarUrl, kind, path, name) => {
  const source = parseJarUrl(jarUrl)
  expect(source).toEqual({ kind, path, name })
  expect(userJarPath(source, WORK_DIR)).toBe(`${WORK_DIR}/${name}`)
})

test.each([
  ['http://h:8080/a/app.jar?token=x#y', 'http', 'app.jar'],
  ['HTTPS://h/a%20b.jar', 'http', 'a b.jar'],
  ['http://h/dir/', 'http', 'dir'],
  ['ftp://ann:pw@h/pub/app.jar', 'ftp', 'app.jar'],
])('%s is fetched', (jarUrl, kind, name) => {
  const source = parseJarUrl(jarUrl)
  expect(source).toMatchObject({ kind, name })
  expect(userJarPath(source, WORK_DIR)).toBe(`${WORK_DIR}/${name}`)
})

test('an empty address names the driver’s directory, local: a file where it lies', () => {
  expect(userJarPath(parseJarUrl(''), WORK_DIR)).toBe(WORK_DIR)
  expect(parseJarUrl('local:/opt/spark/app.jar')).toEqual({
    ...{ kind: 'local', path: '/opt/spark/app.jar' },
  })
  expect(userJarPath(parseJarUrl('local:///opt/app.jar'), WORK_DIR)).toBe('/opt/app.jar')
})

test.each([
  ['hdfs://nn:8020/app.jar', /its scheme hdfs: is not fetched from; put the file where http/],
  ['s3a://bucket/app.jar', /its scheme s3a: is not fetched from/],
  ['spark://h:1/jars/app.jar', /its scheme spark: is not fetched from/],
  ['javascript:alert(1)', /its scheme javascript: is not fetched from/],
  ['app.jar', /no absolute path/],
  ['../app.jar', /no absolute path/],
  ['file:app.jar', /no absolute path/],
  ['file://nas/app.jar', /names the host "nas"/],
  ['http://', /no address/],
  ['http://h', /names no file/],
  ['http://h/', /names no file/],
  ['file:///', /names no file/],
  ['http://h/a/..%2f..%2fetc', /encoded slash/],
  ['/opt/..%2Fapp.jar', /encoded slash/],
  ['http://h/%', /encodes nothing/],
  ['http://h/%c3%28.jar', /encodes nothing/],
  ['/opt/..', /"\.\." cannot be the name/],
  ['/opt/.', /"\." cannot be the name/],
  ['http://h/a%00b.jar', /cannot be the name/],
  ['http://h/a%0Ab.jar', /cannot be the name/],
  ['http://h/stderr', /"stderr" cannot be the name/],
  [`/opt/${'ü'.repeat(128)}`, /cannot be the name/],
])('%s is refused', (jarUrl, problem) => {
  expect(() => parseJarUrl(jarUrl)).toThrow(BadJarUrl)
  expect(() => parseJarUrl(jarUrl)).toThrow(problem)
})

test('a message shows no credentials and no more than a line of an address', () => {
  expect(showJarUrl('https://ann:secret@h/a.jar?sig=secret')).toBe('https://…@h/a.jar?…')
  expect(showJarUrl('http://h/a\r\nb')).toBe('http://h/a  b')
  expect(showJarUrl(`http://h/${'x'.repeat(10_000)}`).length).toBeLessThan(400)
})
