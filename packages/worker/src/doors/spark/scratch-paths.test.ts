import { expect, test } from 'vitest'
import { scratchPaths, scratchRoots } from './scratch-paths.ts'

test.each([
  [{ SPARK_EXECUTOR_DIRS: '/e1:/e2', SPARK_LOCAL_DIRS: '/l' }, '/c', ['/e1', '/e2']],
  [{ SPARK_LOCAL_DIRS: '/l1, /l2,,/l1/' }, '/c', ['/l1', '/l2']],
  [{ SPARK_LOCAL_DIRS: '' }, '/c1,/c2', ['/c1', '/c2']],
  [{}, undefined, ['/tmp']],
])('roots of %j and spark.local.dir=%j are %j', (environment, localDir, roots) => {
  expect(scratchRoots(environment, localDir, '/tmp')).toEqual(roots)
})

test('paths differ by worker and by application, and by nothing else', () => {
  const paths = (worker: string, application: string) => scratchPaths(['/a'], worker, application)
  expect(paths('w', 'app-1')).toEqual(paths('w', 'app-1'))
  const [[one], [two], [other]] = [paths('w', 'app-1'), paths('w', 'app-2'), paths('v', 'app-1')]
  expect(one?.split('/')[2]).toBe(two?.split('/')[2])
  expect(one?.split('/')[3]).not.toBe(two?.split('/')[3])
  expect(one?.split('/')[2]).not.toBe(other?.split('/')[2])
})
