import { constants, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isDoneInTime } from './is-done-in-time.ts'
import { closeDescriptor, makePipes, removeLeftPipes, type PipeEnds } from './make-pipes.ts'
import { OutputPipe } from './output-pipe.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-pipes-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

async function onePipe(): Promise<PipeEnds> {
  const [ends] = await makePipes(directory, 1)
  if (ends === undefined) throw new Error('no pipe')
  return ends
}

test('what writes faster than its output is taken waits, and little of it is in memory', async () => {
  const { reader, writer } = await onePipe()
  let taken = 0
  let take = () => {}
  const first = new Promise<void>((resolve) => {
    take = resolve
  })
  const pipe = new OutputPipe(reader, async (bytes) => {
    await first
    taken += bytes.length
  })
  // The same pipe for one who is told instead of having to wait.
  const impatient = openSync(`/proc/self/fd/${writer}`, constants.O_WRONLY | constants.O_NONBLOCK)
  await closeDescriptor(writer)
  let written = 0
  // So many turns, in each of which the pipe could be emptied.
  for (let turn = 0; turn < 500; turn++) {
    written += writeWhatFits(impatient)
    await new Promise((resolve) => setImmediate(resolve))
  }
  // The pipe's 64 KiB, a piece that is being taken and one that waits.
  expect(written).toBeLessThan(64 * 1024 * 5)
  expect(taken).toBe(0)
  take()
  await closeDescriptor(impatient)
  await pipe.ended
  expect(taken).toBe(written)
})

function writeWhatFits(descriptor: number): number {
  let written = 0
  try {
    for (;;) written += writeSync(descriptor, Buffer.alloc(10_000))
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN')
  }
  return written
}

test('settle waits for what is written, and not for who may still write', async () => {
  const { reader, writer } = await onePipe()
  let text = ''
  const pipe = new OutputPipe(reader, async (bytes) => {
    await new Promise((resolve) => setImmediate(resolve))
    text += Buffer.from(bytes).toString()
  })
  for (let at = 0; at < 5; at++) {
    writeSync(writer, `${at}`.repeat(10_000))
    await pipe.settle()
    expect(text.length).toBe((at + 1) * 10_000)
  }
  writeSync(writer, 'last')
  await pipe.close()
  expect(text.slice(-5)).toBe('4last')
  expect(() => writeSync(writer, 'lost')).toThrow('EPIPE')
  await closeDescriptor(writer)
  await pipe.settle()
  await pipe.close()
})

test('the end of all writers is the end', async () => {
  const { reader, writer } = await onePipe()
  let text = ''
  const pipe = new OutputPipe(reader, async (bytes) => {
    text += Buffer.from(bytes).toString()
  })
  writeSync(writer, 'all')
  await closeDescriptor(writer)
  await pipe.ended
  expect(text).toBe('all')
  await pipe.settle()
})

test('pipes leave no names behind, and what a crash left is removed', async () => {
  const { reader, writer } = await onePipe()
  expect(readdirSync(directory)).toEqual([])
  await closeDescriptor(reader)
  await closeDescriptor(writer)
  mkdtempSync(path.join(directory, 'pipes-'))
  mkdtempSync(path.join(directory, 'processes-'))
  await removeLeftPipes(directory)
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/^processes-/)])
  await expect(makePipes(path.join(directory, 'missing'), 2)).rejects.toThrow('ENOENT')
})

test('work that takes too long is not waited for', async () => {
  expect(await isDoneInTime(Promise.resolve(), 60_000)).toBe(true)
  expect(await isDoneInTime(new Promise(() => undefined), 1)).toBe(false)
  await expect(isDoneInTime(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no')
})
