// Submits over Spark's REST protocol, to the first of several masters that takes it.
import { isSafeId } from '@hearth/common/domain/ids.ts'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_UNREACHABLE } from '../exit-codes.ts'
import { type JsonRecord, recordOf } from '../master/json-fields.ts'
import { type Answer, request, wasNeverSent } from '../master/master-ui.ts'
import { TOKEN_VARIABLE } from '../master/token.ts'
import { printable } from '../text-table.ts'
import type { CreateRequest } from './create-request.ts'

const CREATE_PATH = 'v1/submissions/create'
// A submission is answered when it is stored.
const TIMEOUT_MS = 30_000
const NOT_LEADING = /current state is not alive/i

export interface Submitted {
  readonly id: string
  /** Fields that the server did not know. */
  readonly unknownFields: readonly string[]
}

/**
 * Posts the request to one master after the other until one that leads takes it. Throws a
 * {@link CommandFailure} with what it says when it does not, and when nobody can be reached. One that was sent
 * and not answered is not sent again: it may have been taken.
 */
export async function postSubmission(
  masters: readonly URL[],
  body: CreateRequest,
  token: string | undefined,
): Promise<Submitted> {
  const failures: CommandFailure[] = []
  for (const master of masters) {
    const url = new URL(CREATE_PATH, master)
    try {
      const answer = await request(url, {
        ...{ method: 'POST', peer: 'the REST port of the master', timeoutMs: TIMEOUT_MS, token },
        body: JSON.stringify(body),
      })
      return readAnswer(url, answer)
    } catch (error) {
      if (error instanceof NotLeading) {
        failures.push(error)
      } else if (error instanceof CommandFailure && error.exitCode === EXIT_UNREACHABLE) {
        if (!wasNeverSent(error)) throw perhapsTaken(error)
        failures.push(error)
      } else {
        throw error
      }
    }
  }
  throw nobody(failures)
}

class NotLeading extends CommandFailure {}

function readAnswer(url: URL, { status, body }: Answer): Submitted {
  const text = body.toString('utf8')
  const answer = objectIn(text)
  const { success, submissionId, message, unknownFields } = answer ?? {}
  if (status === 200 && success === true && isId(submissionId)) {
    return {
      id: submissionId,
      unknownFields: Array.isArray(unknownFields) ? unknownFields.map(String) : [],
    }
  }
  if (typeof message !== 'string' || message === '') {
    const [firstLine = ''] = text.trim().split('\n')
    throw new CommandFailure(
      `${url.href} answered ${status}: ${printable(firstLine.slice(0, 200))}`,
      {
        hint: 'is this the REST port of a master? --rest-port or --rest-url names another',
      },
    )
  }
  const said = shown(message)
  if (NOT_LEADING.test(said)) throw new NotLeading(`${url.origin} does not lead: ${said}`)
  const mayNot = status === 401 || status === 403
  throw new CommandFailure(
    `the master refused the submission: ${said}`,
    mayNot ? { hint: `show a token: ${TOKEN_VARIABLE}, or --token-file FILE` } : {},
  )
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isSafeId(value)
}

// An error may have many lines; none of them may rewrite the terminal.
function shown(message: string): string {
  return message.replaceAll('\t', '  ').split(/\r?\n/).map(printable).join('\n').trimEnd()
}

function objectIn(text: string): JsonRecord | undefined {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function perhapsTaken(failure: CommandFailure): CommandFailure {
  return new CommandFailure(failure.message, {
    exitCode: EXIT_UNREACHABLE,
    hint: 'it may have been submitted all the same: hearth drivers shows it then',
    cause: failure,
  })
}

function nobody(failures: readonly CommandFailure[]): CommandFailure {
  const isReached = failures.some((failure) => failure instanceof NotLeading)
  return new CommandFailure(
    failures.map(({ message }) => message).join('\n'),
    isReached
      ? { hint: 'none of these masters leads now: name all of them in --master, or try again' }
      : {
          exitCode: EXIT_UNREACHABLE,
          hint: 'name the master with --master, and its REST port with --rest-port or --rest-url',
        },
  )
}
