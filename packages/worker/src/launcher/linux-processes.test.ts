import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  identifyProcess,
  isRunning,
  processesWithVariable,
  readUptimeSeconds,
  sessionMembers,
  signalProcess,
  type ProcessIdentity,
} from './linux-processes.ts'
import { awaitEnd } from './opening/await-end.ts'

/** Bounds a wait for the end of a process; the machine may be busy. */
const END_LIMIT_MS = 20_000

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) if (child.pid !== undefined) killSession(child.pid)
})

function killSession(pid: number): void {
  const leader = identifyProcess(pid)
  if (leader === undefined) return
  for (const member of [leader, ...sessionMembers(leader)]) signalProcess(member, 'SIGKILL')
}

function start(program: string, args: string[], env: NodeJS.ProcessEnv = {}): ProcessIdentity {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env })
  children.push(child)
  const identity = identifyProcess(child.pid ?? 0)
  if (identity === undefined) throw new Error(`${program} does not run`)
  return identity
}

test('a process is the one that started then, not any with its pid', async () => {
  const sleeper = start('/bin/sleep', ['1000'])
  expect(isRunning(sleeper)).toBe(true)
  const other = { ...sleeper, startTicks: sleeper.startTicks - 1 }
  expect(isRunning(other)).toBe(false)
  expect(signalProcess(other, 'SIGKILL')).toBe(false)
  expect(isRunning(sleeper)).toBe(true)
  expect(signalProcess(sleeper, 'SIGKILL')).toBe(true)
  expect(await awaitEnd([sleeper], END_LIMIT_MS)).toEqual([])
})

test('a program may have any name, parentheses and spaces included', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-names-'))
  const program = path.join(directory, 'a) Z (b 1')
  copyFileSync('/bin/sleep', program)
  try {
    const sleeper = start(program, ['1000'])
    expect(isRunning(sleeper)).toBe(true)
    const age = readUptimeSeconds() - sleeper.startTicks / 100
    expect(age).toBeGreaterThan(-1)
    expect(age).toBeLessThan(60)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a zombie has ended', async () => {
  // The shell's child ends, and the shell does not look after it any more: `exec` made it a sleep.
  const parent = start('/bin/sh', ['-c', 'true & echo $!; exec sleep 1000'])
  const output = children.at(-1)?.stdout
  if (output == null) throw new Error('no output')
  const [line] = (await once(output, 'data')) as [Buffer]
  const pid = Number(String(line))
  while (identifyProcess(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve))
  expect(isRunning(parent)).toBe(true)
})

test('a session is found by its leader, in all its groups, also when the leader has gone', async () => {
  const script = 'set -m; sleep 1000 & sleep 1001 & echo; wait'
  const leader = start('/bin/sh', ['-c', script])
  const child = children.at(-1)
  if (child?.stdout == null) throw new Error('no output')
  await once(child.stdout, 'data')
  const members = sessionMembers(leader)
  expect(members).toHaveLength(2)
  signalProcess(leader, 'SIGKILL')
  await once(child, 'exit')
  expect(sessionMembers(leader)).toEqual(members)
  for (const member of members) signalProcess(member, 'SIGKILL')
  expect(await awaitEnd(members, END_LIMIT_MS)).toEqual([])
  expect(sessionMembers(leader)).toEqual([])
})

test('the session of another process with that pid is nobody’s', () => {
  const leader = start('/bin/sh', ['-c', 'sleep 1000 & wait'])
  expect(sessionMembers({ ...leader, startTicks: leader.startTicks + 1 })).toEqual([])
})

test('processes are found by a variable and its whole value', () => {
  const name = 'HEARTH_PROCESSES_TEST'
  const value = `${process.pid}-${performance.now()}`
  const sleeper = start('/bin/sleep', ['1000'], { OTHER: 'x', [name]: value })
  expect(processesWithVariable(name, value)).toEqual([sleeper])
  expect(processesWithVariable(name, value.slice(0, -1))).toEqual([])
})
