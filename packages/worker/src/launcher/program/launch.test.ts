import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { processDirectory } from '@hearth/common/domain/process-key.ts'
import { aDriverKey, aKey, bundleLauncher, LauncherBench } from '../launcher-fixture.ts'

let program: string
let bench: LauncherBench
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(() => {
  bench = new LauncherBench()
})
afterEach(() => bench.cleanUp())

test('a process runs in its directory, with its environment, and its exit code is told', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('echo out; echo "$HEARTH_TEST_MARK" >&2; pwd; exit 7')
  launcher.launch(order)
  const started = await events.next('process-started')
  expect(started.pid).toBeGreaterThan(1)
  expect(await events.next('process-exited')).toEqual({
    type: 'process-exited',
    key: aKey(),
    exitCode: 7,
    killed: false,
    message: null,
  })
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe(`out\n${order.workDir}\n`)
  expect(readFileSync(path.join(order.workDir, 'stderr'), 'utf8')).toBe(
    `${order.header}${bench.mark}\n`,
  )
})

test('the environment is the order’s and the launcher’s mark, nothing of ours', async () => {
  // What a shell says of itself.
  const isOfShell = (line: string) => /^(PWD|OLDPWD|SHLVL|_)=/.test(line)

  const { launcher, events, identity } = await bench.open()
  const order = { ...bench.order(''), argv: ['/usr/bin/env'] }
  launcher.launch(order)
  await events.next('process-exited')
  const lines = readFileSync(path.join(order.workDir, 'stdout'), 'utf8').trim().split('\n')
  expect(lines.filter((line) => !isOfShell(line)).sort()).toEqual(
    [
      `HEARTH_LAUNCHER=${identity.id}`,
      `HEARTH_TEST_MARK=${bench.mark}`,
      'PATH=/usr/bin:/bin',
    ].sort(),
  )
})

test('variables that no shell could set, and arguments that one would read, arrive as they are', async () => {
  const { launcher, events } = await bench.open()
  const base = bench.order('')
  launcher.launch({ ...base, argv: ['/usr/bin/env'], env: { ...base.env, 'my.variable': 'x' } })
  await events.next('process-exited')
  const stdout = readFileSync(path.join(base.workDir, 'stdout'), 'utf8')
  expect(stdout.split('\n')).toContain('my.variable=x')

  const order = bench.order('', { executor: 1 })
  launcher.launch({ ...order, argv: ['/usr/bin/printf', '%s|', '$HOME `id` *', '', "'", '-n'] })
  await events.next('process-exited', 1)
  const text = readFileSync(path.join(order.workDir, 'stdout'), 'utf8')
  expect(text).toBe("$HOME `id` *||'|-n|")
})

test('log files are appended to, so that they can be truncated while they are written', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('echo before; : > stdout; echo after')
  mkdirSync(order.workDir, { recursive: true })
  writeFileSync(path.join(order.workDir, 'stderr'), 'earlier\n')
  launcher.launch(order)
  await events.next('process-exited')
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe('after\n')
  expect(readFileSync(path.join(order.workDir, 'stderr'), 'utf8')).toBe(`earlier\n${order.header}`)
})

test('death by signal N is told as 128 + N', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('kill -SEGV $$'))
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 139, killed: false })
})

test('several processes run at once, each with its own end', async () => {
  const { launcher, events } = await bench.open()
  for (const executor of [0, 1, 2]) {
    launcher.launch(bench.order(`exit ${executor + 10}`, { executor }))
  }
  for (const executor of [0, 1, 2]) {
    const exited = await events.next('process-exited', executor)
    expect(exited).toMatchObject({ exitCode: executor + 10 })
  }
})

test('an order that comes twice starts one process', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('echo run; exit 3')
  launcher.launch(order)
  launcher.launch(order)
  await events.next('process-exited')
  launcher.launch(order)
  launcher.launch(bench.order('exit 4', { executor: 1 }))
  await events.next('process-exited', 1)
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe('run\n')
  expect(events.all.filter((event) => event.type === 'process-exited')).toHaveLength(3)
})

test('scratch directories are created for the owner alone', async () => {
  const { launcher, events } = await bench.open()
  const dir = path.join(bench.root, 'scratch', 'spark-1', 'executor-1')
  launcher.launch({ ...bench.order('exit 0'), scratchDirs: [dir] })
  await events.next('process-exited')
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(statSync(path.dirname(dir)).mode & 0o777).toBe(0o700)
})

test('one bad scratch root is passed over, but not all of them', async () => {
  const { launcher, events } = await bench.open()
  const good = path.join(bench.root, 'good', 'spark-1', 'executor-1')
  const open = path.join(bench.root, 'open', 'spark-1', 'executor-1')
  mkdirSync(path.dirname(open), { recursive: true })
  chmodSync(path.dirname(open), 0o777)
  launcher.launch({ ...bench.order('exit 0'), scratchDirs: [open, good] })
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
  launcher.launch({ ...bench.order('exit 0', { executor: 1 }), scratchDirs: [open] })
  const failed = await events.next('process-failed', 1)
  expect(failed.message).toMatch(/no scratch directory is usable: .*spark-1 is open to other users/)
})

test('a missing program, or one that is none, fails with its name', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch({ ...bench.order(''), argv: ['/nonexistent/bin/java', '-version'] })
  const missing = await events.next('process-failed')
  expect(missing.message).toMatch(/cannot run \/nonexistent\/bin\/java: ENOENT/)
  launcher.launch({ ...bench.order('', { executor: 1 }), argv: ['/usr/bin'] })
  expect((await events.next('process-failed', 1)).message).toMatch(/cannot run \/usr\/bin/)
})

test('an argument that the kernel does not take fails, and nothing else does', async () => {
  const { launcher, events } = await bench.open()
  const long = { ...bench.order('', { executor: 1 }), argv: ['/bin/echo', 'x'.repeat(200_000)] }
  launcher.launch(long)
  expect((await events.next('process-failed', 1)).message).toMatch(/E2BIG/)
  launcher.launch({ ...bench.order('', { executor: 2 }), argv: ['/bin/echo', 'a\0b'] })
  expect((await events.next('process-failed', 2)).message).toMatch(/NUL character/)
  launcher.launch(bench.order('exit 0', { executor: 3 }))
  expect(await events.next('process-exited', 3)).toMatchObject({ exitCode: 0 })
})

test('an order for directories outside its own is refused, and the launcher stays ours', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('exit 0')
  const places = ['/etc', `${bench.root}/work/../../${processDirectory(order.key)}`, 'relative/0']
  for (const [executor, workDir] of places.entries()) {
    launcher.launch({ ...bench.order('exit 0', { executor }), workDir })
    const failed = await events.next('process-failed', executor)
    expect(failed.message).toMatch(/is not an absolute path that ends in app-20250102030405-0001/)
  }
  launcher.launch({ ...bench.order('', { executor: 8 }), scratchDirs: ['/tmp/../etc'] })
  expect((await events.next('process-failed', 8)).message).toMatch(/not a plain absolute path/)
  launcher.launch({ ...bench.order('', { executor: 9 }), env: { 'A=B': 'C' } })
  expect((await events.next('process-failed', 9)).message).toMatch(/'A=B' has no proper name/)
})

test('the files of an order are there for the process, for the owner alone', async () => {
  const { launcher, events } = await bench.open()
  const order = { ...bench.order('cat given.json'), files: { 'given.json': '["0"]' } }
  // A link under the name would lead elsewhere.
  const elsewhere = path.join(bench.root, 'elsewhere')
  writeFileSync(elsewhere, 'untouched')
  mkdirSync(order.workDir, { recursive: true })
  symlinkSync(elsewhere, path.join(order.workDir, 'given.json'))
  launcher.launch(order)
  await events.next('process-exited')
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe('["0"]')
  expect(statSync(path.join(order.workDir, 'given.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(elsewhere, 'utf8')).toBe('untouched')
})

test('a file that cannot be made fails the launch with the reason', async () => {
  const { launcher, events } = await bench.open()
  const order = { ...bench.order('true'), files: { 'given.json': '[]' } }
  mkdirSync(path.join(order.workDir, 'given.json'), { recursive: true })
  launcher.launch(order)
  expect((await events.next('process-failed')).message).toContain('given.json')
})

test('no shell reads what an order says: not its arguments, nor its environment', async () => {
  const { launcher, events } = await bench.open()
  const odd = [
    '$(touch bad)',
    '`touch bad`',
    ';touch bad',
    '| touch bad',
    "'",
    '"',
    '\n',
    ' ',
    '*',
    '',
  ]
  const env = {
    ...{ A: 'two\nlines=$(touch bad)', 'B.C': 'dotted', OPTIND: 'abc', 'BASH_FUNC_test%%': '() {' },
    ...{ ENV: '/nowhere', SHELLOPTS: 'xtrace', PS4: '$(touch bad)' },
  }
  const order = bench.order('')
  launcher.launch({
    ...order,
    argv: ['/usr/bin/env', ...odd.map((text) => `X=${text}`)],
    env: { ...order.env, ...env },
  })
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
  const printed = readFileSync(path.join(order.workDir, 'stdout'), 'utf8')
  expect(printed).toContain('A=two\nlines=$(touch bad)\n')
  expect(printed).toContain('B.C=dotted\n')
  expect(printed).toContain('OPTIND=abc\n')
  expect(existsSync(path.join(order.workDir, 'bad'))).toBe(false)

  // The same with names that a shell takes.
  const plain = bench.order('', { executor: 1 })
  launcher.launch({
    ...plain,
    argv: ['/usr/bin/printf', '[%s]', ...odd],
    env: { A: '$(touch bad)' },
  })
  expect(await events.next('process-exited', 1)).toMatchObject({ exitCode: 0 })
  expect(readFileSync(path.join(plain.workDir, 'stdout'), 'utf8')).toBe(
    odd.map((text) => `[${text}]`).join(''),
  )
  expect(existsSync(path.join(plain.workDir, 'bad'))).toBe(false)
})

test('a variable that would steer a shell starts none', async () => {
  const { launcher, events } = await bench.open()
  // A shell ends at once with such a one.
  const order = bench.order('')
  launcher.launch({ ...order, argv: ['/usr/bin/env'], env: { ...order.env, OPTIND: 'abc' } })
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toContain('OPTIND=abc\n')
})

test('runs of a driver share a directory, and what they write follows on', async () => {
  const { launcher, events } = await bench.open()
  for (const attempt of [1, 2]) {
    const order = bench.order(`echo run ${attempt}`, { key: aDriverKey(attempt) })
    launcher.launch({ ...order, files: { [`resource-driver-${attempt}.json`]: '[]' } })
    expect(await events.next('process-exited', attempt)).toMatchObject({ key: aDriverKey(attempt) })
  }
  const directory = path.join(bench.root, 'work', aDriverKey().driverId)
  expect(readFileSync(path.join(directory, 'stdout'), 'utf8')).toBe('run 1\nrun 2\n')
  expect(readFileSync(path.join(directory, 'stderr'), 'utf8')).toMatch(
    /^Command: echo run 1\nCommand: echo run 2\n$/,
  )
})
