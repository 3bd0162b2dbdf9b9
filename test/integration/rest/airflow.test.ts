// What Airflow's SparkSubmitHook does with a standalone master whose URL ends in :6066: spark-submit creates the
// driver over REST and looks at it once, the hook takes the id out of its log, polls with curl, reads the answer
// line by line, and ends the driver with `spark-submit --kill` (apache-airflow-providers-apache-spark 4 and 5).
import type { MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MasterRig } from '../../support/master-rig.ts'
import { askRest, submissionOf } from '../../support/rest-client.ts'
import type { ScriptedWorker } from '../../support/scripted-worker.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from '../../support/wait-until.ts'

type LaunchDriver = Extract<MasterToWorker, { type: 'launch-driver' }>

const ENDS = ['FINISHED', 'UNKNOWN', 'KILLED', 'FAILED', 'ERROR']

let rig: MasterRig
let worker: ScriptedWorker
let sequence: number

beforeEach(async () => {
  rig = await MasterRig.start()
  sequence = 0
  worker = await rig.connectWorker('worker-of-drivers', (message, self) => {
    if (message.type === 'kill-driver') report(self, message, 'killed', 143)
  })
  await worker.registered()
})

afterEach(() => rig.stop())

type DriverRun = Pick<LaunchDriver, 'driverId' | 'attempt'>

function report(
  self: ScriptedWorker,
  { driverId, attempt }: DriverRun,
  state: 'running' | 'exited' | 'killed',
  exitCode: number | null = null,
): void {
  sequence += 1
  const run = { driverId, attempt, state, exitCode, message: null }
  self.send({ type: 'driver-state', sequence, ...run })
}

/** The order to run a driver, whichever worker got it. */
async function launched(): Promise<readonly [ScriptedWorker, LaunchDriver]> {
  return waitUntil(
    'an order to run the driver',
    () => {
      for (const one of [worker, rig.worker]) {
        const order = one.messages.find((message) => message.type === 'launch-driver')
        if (order?.type === 'launch-driver') return [one, order] as const
      }
      return undefined
    },
    { timeoutMs: ANSWER_TIMEOUT_MS },
  )
}

/** `spark-submit --deploy-mode cluster`: the calls that it makes and the log that it writes. */
async function submit(): Promise<string> {
  const url = rig.master.restUrl ?? ''
  const created = await askRest(url, 'POST', 'create', { body: submissionOf() })
  const id = String(created.fields['submissionId'])
  const looked = await askRest(url, 'GET', `status/${id}`)
  return [
    `INFO RestSubmissionClient: Submission successfully created as ${id}. Polling submission state...`,
    `INFO RestSubmissionClient: State of driver ${id} is now ${String(looked.fields['driverState'])}.`,
    `INFO RestSubmissionClient: Server responded with CreateSubmissionResponse:\n${created.text}`,
  ].join('\n')
}

/** The hook's `re.search(r"driver-[0-9\-]+", line)`. */
function driverIdIn(log: string): string {
  const id = /driver-[0-9-]+/.exec(log)?.[0]
  if (id === undefined) throw new Error(`no driver in ${log}`)
  return id
}

/** `curl --max-time 30 http://host:6066/v1/submissions/status/ID`, and what the hook reads out of its lines. */
async function poll(id: string): Promise<string> {
  const { text } = await askRest(rig.master.restUrl ?? '', 'GET', `status/${id}`)
  let status: string | undefined
  let isValid = false
  for (const line of text.split('\n')) {
    if (line.includes('submissionId')) isValid = true
    if (line.includes('driverState')) {
      status = line.split(' : ')[1]?.replaceAll(/[,"]/g, '').trim()
    }
  }
  return status ?? (isValid ? 'UNKNOWN' : '')
}

/** Until the hook would stop. */
function track(id: string): Promise<string> {
  return waitUntil(
    'the end of the driver',
    async () => {
      const status = await poll(id)
      return ENDS.includes(status) ? status : undefined
    },
    { timeoutMs: ANSWER_TIMEOUT_MS },
  )
}

describe('Airflow', () => {
  test('follows a driver to FINISHED', async () => {
    const id = driverIdIn(await submit())
    const [runner, order] = await launched()
    expect(order.driverId).toBe(id)
    report(runner, order, 'running')
    expect(await poll(id)).toBe('RUNNING')
    report(runner, order, 'exited', 0)
    expect(await track(id)).toBe('FINISHED')
  })

  test('sees that a driver FAILED, and why', async () => {
    const id = driverIdIn(await submit())
    const [runner, order] = await launched()
    report(runner, order, 'running')
    report(runner, order, 'exited', 3)
    expect(await track(id)).toBe('FAILED')
    const { fields } = await askRest(rig.master.restUrl ?? '', 'GET', `status/${id}`)
    expect(fields['message']).toMatch(/^Exception from the cluster:\n[^]*3/)
  })

  test('ends a driver when its task is ended', async () => {
    const id = driverIdIn(await submit())
    const [runner, order] = await launched()
    report(runner, order, 'running')
    const killed = await askRest(rig.master.restUrl ?? '', 'POST', `kill/${id}`)
    expect(killed.fields).toMatchObject({ success: true, submissionId: id })
    if (runner === rig.worker) report(runner, order, 'killed', 143)
    expect(await track(id)).toBe('KILLED')
  })

  test('takes a driver that the master does not know for UNKNOWN', async () => {
    expect(await track('driver-19700101000000-0000')).toBe('UNKNOWN')
  })
})
