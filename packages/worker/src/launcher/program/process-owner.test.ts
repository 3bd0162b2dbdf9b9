import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeDurably } from '../durable-file.ts'
import { LauncherBench } from '../launcher-fixture.ts'
import { openFileOutput, type Outputs } from '../logs/process-output.ts'
import { findSetpriv } from '../opening/find-setpriv.ts'
import { ProcessTable } from '../process-table.ts'
import { OwnLog } from './own-log.ts'
import { ProcessOwner, type ProcessReport } from './process-owner.ts'

let directory: string
let bench: LauncherBench
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-owner-'))
  mkdirSync(path.join(directory, 'processes'))
  bench = new LauncherBench()
})
afterEach(async () => {
  await bench.cleanUp()
  rmSync(directory, { recursive: true })
})

test('an end is told when the last output is where it belongs, and not before', async () => {
  const happened: string[] = []
  let tell = () => {}
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  // As long as ten records on this disk, of which the owner writes one before it tells.
  const save = async () => {
    for (let count = 0; count < 10; count++) {
      await writeDurably(path.join(directory, 'file'), 'text')
    }
  }
  const rolledOutputs: Outputs = {
    open: async (workDir) => {
      const output = await openFileOutput(workDir)
      const settle = async () => {
        happened.push('settling')
        await save()
        happened.push('settled')
      }
      return { ...output, settle }
    },
    close: async () => void happened.push('closed'),
  }
  const owner = new ProcessOwner({
    ...{ launcherId: 'l', boot: 'b', setpriv: findSetpriv(), records: [], rolledOutputs },
    table: new ProcessTable(path.join(directory, 'processes')),
    graceMs: () => 1000,
    isLeased: () => true,
    log: new OwnLog(path.join(directory, 'launcher.log')),
    report: ({ type }: ProcessReport) => {
      happened.push(type)
      if (type !== 'started') tell()
    },
  })
  const strategy = { by: 'size', maxBytes: 100_000 } as const
  const rolling = { strategy, maxRetainedFiles: null, compress: false }
  const order = { ...bench.order('echo out'), rolling }
  owner.launch(order)
  await told
  await owner.endAll('over')
  const inOrder = happened.filter((what) => what !== 'started')
  expect(inOrder).toEqual(['settling', 'settled', 'exited', 'closed'])
})
