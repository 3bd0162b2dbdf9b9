// Which logs are meant: those of a driver, of one executor, or of all executors of an application.
import { EXECUTOR_MOVES, isExecutorOver, type ExecutorState } from '@hearth/common/domain/states.ts'
import { CommandFailure, usageFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { isOver, stateWord } from '../master/driver-document.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import { STREAMS, type LogSource, type Stream } from './read-log.ts'

export interface Selection {
  /** Of a driver or an application. */
  readonly id: string
  /** The number of one executor; undefined for all. */
  readonly executor: string | undefined
  /** Undefined when none was named. */
  readonly stream: Stream | undefined
}

export interface SelectedLogs {
  readonly sources: readonly LogSource[]
  /** Nothing more will be written. */
  readonly isOver: boolean
}

/** Reads `ID`, `APP/N`, `APP N`, each with or without `stdout` or `stderr` behind it. */
export function parseSelection(text: string, more: readonly string[]): Selection {
  const [id = '', ...numbers] = text.split('/')
  const executors = [...numbers]
  const streams: Stream[] = []
  for (const word of more) {
    const stream = STREAMS.find((name) => name === word)
    if (stream === undefined) executors.push(word)
    else streams.push(stream)
  }
  const bad = executors.find((word) => !/^\d{1,9}$/.test(word))
  if (bad !== undefined) {
    throw usageFailure(`'${bad}' is neither the number of an executor nor stdout or stderr`)
  }
  if (executors.length > 1 || streams.length > 1) {
    throw usageFailure('name one executor and one of stdout and stderr, or leave them out')
  }
  return { id, executor: executors[0], stream: streams[0] }
}

/** The logs of a driver: both, or the one that was named; none before it has a worker. */
export function driverLogs(driver: JsonRecord, { executor, stream }: Selection): SelectedLogs {
  const driverId = textOf(driver, 'id')
  if (executor !== undefined) {
    throw usageFailure(
      `${driverId} is a driver and has no executor ${executor}`,
      'its application has: hearth apps',
    )
  }
  const webUi = textOf(driver, 'workerWebUiUrl')
  const streams = stream === undefined ? STREAMS : [stream]
  return {
    sources: URL.canParse(webUi)
      ? streams.map((one) => ({ webUi: new URL(webUi), writer: { driverId }, stream: one }))
      : [],
    isOver: isOver(driver),
  }
}

/** Why a driver has no log yet, or none at all. */
export function noDriverLog(driver: JsonRecord): CommandFailure {
  const { text } = recordOf(driver['wait'])
  const why = typeof text === 'string' ? `: ${text}` : ''
  return new CommandFailure(
    `${textOf(driver, 'id')} has written nothing: it is ${stateWord(driver)} and no worker has had it${why}`,
    { exitCode: EXIT_NOT_FOUND, ...(!isOver(driver) && { hint: '--follow waits for it' }) },
  )
}

/** The logs of executors, stderr unless stdout was named. Throws when there is no such executor. */
export function executorLogs(
  application: JsonRecord,
  { id, executor, stream = 'stderr' }: Selection,
): SelectedLogs {
  const executors = recordsOf(application['executors']).toSorted(
    (a, b) => numberOf(a, 'number') - numberOf(b, 'number'),
  )
  const chosen =
    executor === undefined
      ? executors
      : executors.filter((one) => textOf(one, 'number') === executor)
  if (chosen.length === 0) {
    const known = executors.map((one) => textOf(one, 'number')).join(', ')
    throw new CommandFailure(
      executor === undefined ? `${id} has had no executor` : `${id} has no executor ${executor}`,
      {
        exitCode: EXIT_NOT_FOUND,
        ...(known !== '' && { hint: `its executors: ${known}` }),
      },
    )
  }
  return {
    sources: chosen.map((one) => executorSource(id, one, stream)),
    isOver: chosen.every(isOverExecutor),
  }
}

// A state of a later release is not taken for an end.
function isOverExecutor({ state }: JsonRecord): boolean {
  if (typeof state !== 'string' || !Object.hasOwn(EXECUTOR_MOVES, state)) return false
  return isExecutorOver(state as ExecutorState)
}

function executorSource(applicationId: string, executor: JsonRecord, stream: Stream): LogSource {
  const webUi = textOf(executor, 'workerWebUiUrl')
  const number = textOf(executor, 'number')
  if (!URL.canParse(webUi)) {
    throw new CommandFailure(`the master does not know where the worker of executor ${number} is`)
  }
  return { webUi: new URL(webUi), writer: { applicationId, executor: number }, stream }
}
