// `hearth logs` of drivers, and following: a scripted master and workers whose logs grow between looks.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeServers, hearth, serve, type Answer } from '../hearth.test-support.ts'

type Streams = Record<string, Buffer>

/** How many bytes are gone of every log. */
let removedBytes: number

/** What the worker of each writer has in its files, by `driver-1` or `app-1/0`. */
let logs: Record<string, Streams>
/** What happens at each look at the master. */
let looks: (() => Record<string, unknown> | 'hang up')[]
let master: string
let worker: string

const workerAnswer: Answer = (_request, { pathname, searchParams }) => {
  if (pathname !== '/log/') return { status: 404, body: 'Error' }
  const {
    driverId,
    appId,
    executorId,
    logType = '',
    offset,
    byteLength,
  } = Object.fromEntries(searchParams)
  const bytes = logs[driverId ?? `${appId}/${executorId}`]?.[logType]
  if (bytes === undefined) return { status: 404, body: 'Error: there is no such log' }
  const length = Number(byteLength)
  const wanted = offset === undefined ? bytes.length - length : Number(offset)
  const start = Math.min(bytes.length, Math.max(0, wanted))
  const end = Math.min(bytes.length, start + length)
  const line = `==== Bytes ${start}-${end} of ${bytes.length} of /w ====\n`
  return {
    headers: { 'x-hearth-log-removed-bytes': String(removedBytes) },
    body: Buffer.concat([Buffer.from(line), bytes.subarray(start, end)]),
  }
}

const masterAnswer: Answer = (_request, { pathname }) => {
  const look = looks.length > 1 ? looks.shift() : looks[0]
  const known = look?.() ?? 'hang up'
  if (known === 'hang up') return 'hang up'
  const [kind, id] = pathname.split('/').slice(-2)
  if (kind !== (known['executors'] === undefined ? 'drivers' : 'applications')) {
    return { status: 404, body: { error: `no such ${kind}` } }
  }
  return { body: { id, workerWebUiUrl: worker, hint: null, wait: null, ...known } }
}

beforeEach(async () => {
  logs = {}
  removedBytes = 0
  looks = []
  master = await serve(masterAnswer)
  worker = await serve(workerAnswer)
})
afterEach(closeServers)

function write(writer: string, stream: string, text: string | Buffer): void {
  const streams = (logs[writer] ??= {})
  streams[stream] = Buffer.concat([streams[stream] ?? Buffer.of(), Buffer.from(text)])
}

function read(...args: readonly string[]) {
  return hearth(['logs', ...args, '--master-ui', master])
}

/** Looks of which each changes something first; the first one is what finds out what the id names. */
function script(...steps: typeof looks): void {
  looks = steps
}

const running = { state: 'running' }
const over = { state: 'finished', exitCode: 0 }

describe('of a driver', () => {
  beforeEach(() => {
    write('driver-1', 'stdout', 'Pi is roughly 3.1\n')
    write('driver-1', 'stderr', 'INFO it works\n')
    script(() => over)
  })

  test('what it wrote to each stream goes to the same stream here', async () => {
    expect(await read('driver-1')).toEqual({
      code: 0,
      out: 'Pi is roughly 3.1\n',
      err: 'INFO it works\n',
    })
  })

  test.each([[['stderr']], [['--stream', 'stderr']]])(
    'a stream that is named goes to standard output: %j',
    async (words) => {
      expect(await read('driver-1', ...words)).toEqual({ code: 0, out: 'INFO it works\n', err: '' })
    },
  )

  test('--tail and --json', async () => {
    expect((await read('driver-1', 'stdout', '--tail', '4')).out).toBe('3.1\n')
    expect(JSON.parse((await read('driver-1', 'stdout', '--json')).out)).toEqual([
      { driver: 'driver-1', stream: 'stdout', worker, text: 'Pi is roughly 3.1\n' },
    ])
  })

  test('one that no worker has had says why', async () => {
    const wait = { code: 'no-workers', text: 'no worker is there' }
    script(() => ({ state: 'submitted', workerWebUiUrl: null, wait }))
    const { code, err } = await read('driver-1')
    expect(code).toBe(3)
    expect(err).toMatch(/driver-1 has written nothing: .*: no worker is there\n +--follow waits/)
  })

  test.each([
    [['driver-1', '3'], 2, 'driver-1 is a driver and has no executor 3'],
    [['driver-1', 'stdin'], 2, "'stdin' is neither the number of an executor nor stdout or stderr"],
    [['driver-1', 'stdout', 'stderr'], 2, 'name one executor and one of stdout and stderr'],
    [['driver-1', '--follow', '--json'], 2, '--follow prints text as it comes'],
  ])('%j is refused', async (args, status, sentence) => {
    const { code, err } = await read(...args)
    expect(code).toBe(status)
    expect(err).toContain(sentence)
  })
})

describe('--follow', () => {
  test('waits for a worker and for the log, prints what is added, and ends with the driver', async () => {
    script(
      () => ({ state: 'submitted', workerWebUiUrl: null }),
      () => ({ state: 'submitted', workerWebUiUrl: null }),
      () => ({ state: 'launching' }),
      () => {
        write('driver-1', 'stderr', 'one\n')
        write('driver-1', 'stdout', Buffer.from('é').subarray(0, 1))
        return running
      },
      () => {
        write('driver-1', 'stdout', Buffer.from('é').subarray(1))
        return running
      },
      () => {
        write('driver-1', 'stderr', 'two\n')
        return over
      },
    )
    expect(await read('driver-1', '--follow')).toEqual({ code: 0, out: 'é', err: 'one\ntwo\n' })
  })

  test('what is long comes whole, in pieces', async () => {
    const text = `${'é'.repeat(1_500_000)}\n`
    write('driver-1', 'stdout', text)
    script(() => over)
    expect((await read('driver-1', 'stdout', '--follow')).out).toBe(text)
  })

  test('--tail begins near the end', async () => {
    write('driver-1', 'stdout', 'old new')
    script(
      () => running,
      () => running,
      () => {
        write('driver-1', 'stdout', ' newer')
        return over
      },
    )
    expect((await read('driver-1', 'stdout', '-f', '--tail', '3')).out).toBe('new newer')
  })

  test('a log that was begun anew is printed from its beginning', async () => {
    write('driver-1', 'stdout', 'the first log\n')
    script(
      () => running,
      () => running,
      () => {
        logs = {}
        write('driver-1', 'stdout', 'second\n')
        return over
      },
    )
    expect((await read('driver-1', 'stdout', '--follow')).out).toBe('the first log\nsecond\n')
  })

  /** The beginning of a log is gone, as when its oldest file was removed. */
  function removeStart(writer: string, stream: string, bytes: number): void {
    const streams = (logs[writer] ??= {})
    streams[stream] = (streams[stream] ?? Buffer.of()).subarray(bytes)
    removedBytes += bytes
  }

  test('a log whose oldest files are removed meanwhile goes on where it was', async () => {
    write('driver-1', 'stdout', 'one two ')
    script(
      () => running,
      () => running,
      () => {
        write('driver-1', 'stdout', 'three ')
        removeStart('driver-1', 'stdout', 4)
        return running
      },
      () => {
        removeStart('driver-1', 'stdout', 4)
        return running
      },
      () => {
        write('driver-1', 'stdout', 'four ')
        removeStart('driver-1', 'stdout', 6)
        return over
      },
    )
    expect(await read('driver-1', 'stdout', '--follow')).toEqual({
      code: 0,
      out: 'one two three four ',
      err: '',
    })
  })

  test('what is removed before it could be read is said, once for each gap', async () => {
    write('driver-1', 'stdout', 'one ')
    script(
      () => running,
      () => running,
      () => {
        write('driver-1', 'stdout', 'two three ')
        removeStart('driver-1', 'stdout', 8)
        return over
      },
    )
    expect(await read('driver-1', 'stdout', '--follow')).toEqual({
      code: 0,
      out: 'one three ',
      err: 'some stdout of driver-1 was removed before it could be read\n',
    })
  })

  test('a driver that is relaunched on another worker is followed there', async () => {
    write('driver-1', 'stdout', 'first\n')
    write('driver-2', 'stdout', 'again\n')
    const other = await serve(workerAnswer)
    script(
      () => running,
      () => running,
      () => ({ state: 'relaunched', relaunchedAs: 'driver-2' }),
      () => ({ ...running, workerWebUiUrl: other }),
      () => ({ ...over, workerWebUiUrl: other }),
    )
    expect(await read('driver-1', 'stdout', '--follow')).toEqual({
      code: 0,
      out: 'first\nagain\n',
      err: 'driver-1 was relaunched as driver-2; its output follows\n',
    })
  })

  test('a master and a worker that are away are waited for, each said once', async () => {
    write('driver-1', 'stdout', 'all\n')
    const away = 'http://127.0.0.1:1'
    script(
      () => running,
      () => 'hang up',
      () => 'hang up',
      () => ({ ...running, workerWebUiUrl: away }),
      () => ({ ...running, workerWebUiUrl: away }),
      () => ({ ...over, workerWebUiUrl: worker }),
    )
    const { code, out, err } = await read('driver-1', 'stdout', '--follow')
    expect([code, out]).toEqual([0, 'all\n'])
    expect(err.match(/cannot reach the master at .*; waiting for it/g)).toHaveLength(1)
    expect(err.match(/cannot reach the worker at .*; waiting for it/g)).toHaveLength(1)
  })

  test('a worker that is gone when the driver is over is exit status 4', async () => {
    script(() => ({ state: 'error', workerWebUiUrl: 'http://127.0.0.1:1' }))
    const { code, err } = await read('driver-1', '--follow')
    expect(code).toBe(4)
    expect(err).toContain('cannot reach the worker at http://127.0.0.1:1')
  })

  test('a driver that never wrote is exit status 3, with how it ended; of two streams one will do', async () => {
    script(() => ({ state: 'error', message: 'its jar is not there' }))
    for (const args of [['driver-1', '--follow'], ['driver-1']]) {
      const { code, err } = await read(...args)
      expect(code).toBe(3)
      expect(err).toMatch(/no stdout of driver-1 at .*\n +driver-1 ERROR: its jar is not there\n$/)
    }
    script(() => over)
    write('driver-1', 'stderr', 'Exception\n')
    expect(await read('driver-1', '--follow')).toEqual({ code: 0, out: '', err: 'Exception\n' })
  })

  test('an executor is followed by APP/N, to its end', async () => {
    const executors = (state: string) => ({
      executors: [
        { number: 0, state: 'exited', workerWebUiUrl: worker },
        { number: 1, state, workerWebUiUrl: worker },
      ],
    })
    write('app-1/1', 'stderr', 'one\n')
    script(
      () => executors('running'),
      () => executors('running'),
      () => {
        write('app-1/1', 'stderr', 'two\n')
        return executors('killed')
      },
    )
    expect(await read('app-1/1', '--follow')).toEqual({ code: 0, out: 'one\ntwo\n', err: '' })
    const { code, err } = await read('app-1', '--follow')
    expect(code).toBe(2)
    expect(err).toContain('name it, for example app-1/0')
  })
})
