// The body of a submission (org.apache.spark.deploy.rest.CreateSubmissionRequest). Required is what 4.x requires:
// 3.5 also wants appArgs, environmentVariables and spark.app.name, which every client of 3.5 sends.
import { isJsonObject, kindOf, scalarText, type JsonObject, type JsonValue } from './json-value.ts'
import { JsonError, readJson, type JsonLimits } from './read-json.ts'

export interface CreateRequest {
  /** An empty text when there is nothing to fetch. */
  readonly appResource: string
  readonly mainClass: string
  readonly appArgs: readonly string[]
  readonly sparkProperties: ReadonlyMap<string, string>
  readonly environmentVariables: ReadonlyMap<string, string>
}

export type CreateReading =
  | {
      readonly type: 'create'
      readonly request: CreateRequest
      /** Fields that the protocol does not have, in the order of the document; the first hundred. */
      readonly unknownFields: readonly string[]
    }
  /** Status 400; the message is an exception of Spark's server, with our words where its stack would stand. */
  | { readonly type: 'malformed'; readonly message: string }
  /** Another message of the protocol; status 400. */
  | { readonly type: 'unexpected'; readonly action: string }
  /** An action that is no message; Spark's server looks for a class of that name and answers with status 500. */
  | { readonly type: 'unknown-action'; readonly action: string }

// Jackson's own limit of depth. More values than this are no submission.
const LIMITS: JsonLimits = { maxDepth: 1000, maxValues: 200_000 }

const PACKAGE = 'org.apache.spark.deploy.rest'
const CREATE = 'CreateSubmissionRequest'
/** Messages that are not for a server. */
const OTHER_MESSAGES = new Set([
  'CreateSubmissionResponse',
  'KillSubmissionResponse',
  'KillAllSubmissionResponse',
  'SubmissionStatusResponse',
  'ClearResponse',
  'ReadyzResponse',
  'ErrorResponse',
])
const FIELDS = new Set([
  ...['action', 'message', 'clientSparkVersion', 'appResource', 'mainClass', 'appArgs'],
  ...['sparkProperties', 'environmentVariables'],
])
const MAX_SHOWN = 200
/** Of what a client sent, in an answer; Spark's server repeats all of it. */
const MAX_ECHO = 2048
const MAX_UNKNOWN_FIELDS = 100

class Malformed extends Error {}

/** Reads the body of a create request. Never throws: what is wrong is part of the result. */
export function readCreateRequest(bytes: Uint8Array): CreateReading {
  try {
    return readBody(decode(bytes))
  } catch (error) {
    if (error instanceof Malformed) return { type: 'malformed', message: error.message }
    throw error
  }
}

/** How the server says that the client is wrong: the class of an exception, its message, and ours behind it. */
export function malformedMessage(exception: string, message: string, detail = ''): string {
  const behind = detail === '' ? '' : `\n\t${detail}`
  return `Malformed request: ${exception}: ${message}${behind}`
}

/** The message for a request that is well formed and cannot be taken as it is. */
export function invalidRequestMessage(detail: string): string {
  const message = `Validation of message ${CREATE} failed!`
  return malformedMessage(`${PACKAGE}.SubmitRestProtocolException`, message, detail)
}

function readBody(text: string): CreateReading {
  const document = parse(text)
  const action = isJsonObject(document) ? document.get('action') : undefined
  if (!isJsonObject(document) || typeof action !== 'string') {
    throw missing(`Action field not found in JSON:\n${text.slice(0, MAX_ECHO)}`)
  }
  if (OTHER_MESSAGES.has(action)) return { type: 'unexpected', action }
  if (action !== CREATE) return { type: 'unknown-action', action: action.slice(0, MAX_SHOWN) }
  requireField(document, 'clientSparkVersion')
  const sparkProperties = textMap(document, 'sparkProperties')
  if (sparkProperties === undefined) throw invalid('No Spark properties set!')
  const appResource = requireField(document, 'appResource')
  const appArgs = textList(document, 'appArgs')
  const environmentVariables =
    textMap(document, 'environmentVariables') ?? new Map<string, string>()
  const mainClass = textField(document, 'mainClass')
  if (mainClass === undefined) throw missing('Main class is missing.')
  const unknown = [...document.keys()].filter((name) => !FIELDS.has(name))
  const unknownFields = unknown.slice(0, MAX_UNKNOWN_FIELDS).map((name) => name.slice(0, MAX_SHOWN))
  return {
    type: 'create',
    request: { appResource, mainClass, appArgs, sparkProperties, environmentVariables },
    unknownFields,
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const message = 'Invalid UTF-8'
    throw new Malformed(malformedMessage('com.fasterxml.jackson.core.JsonParseException', message))
  }
}

// What Jackson names its exceptions; the words of syntax errors are close to its own.
function parse(text: string): JsonValue {
  try {
    return readJson(text, LIMITS)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const { problem, message, line, column } = error
    const source = 'REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)'
    const place = problem === 'empty' ? `line: ${line}` : `line: ${line}, column: ${column}`
    const exception = {
      empty: 'com.fasterxml.jackson.databind.exc.MismatchedInputException',
      end: 'com.fasterxml.jackson.core.io.JsonEOFException',
      syntax: 'com.fasterxml.jackson.core.JsonParseException',
      limit: 'com.fasterxml.jackson.core.exc.StreamConstraintsException',
    }[problem]
    throw new Malformed(
      malformedMessage(exception, `${message}\n at [Source: ${source}; ${place}]`),
    )
  }
}

function requireField(document: JsonObject, name: string): string {
  const text = textField(document, name)
  if (text === undefined) throw invalid(`'${name}' is missing in message ${CREATE}.`)
  return text
}

function textField(document: JsonObject, name: string): string | undefined {
  const value = document.get(name) ?? null
  return value === null ? undefined : textOf(value, name)
}

function textList(document: JsonObject, name: string): readonly string[] {
  const value = document.get(name) ?? null
  if (value === null) return []
  if (!Array.isArray(value)) throw mismatched('a list of texts', value, name)
  const items: readonly JsonValue[] = value
  return items.map((item) => textOf(item, name))
}

function textMap(document: JsonObject, name: string): ReadonlyMap<string, string> | undefined {
  const value = document.get(name) ?? null
  if (value === null) return undefined
  if (!isJsonObject(value)) throw mismatched('an object of texts', value, name)
  const entries = [...value].map(([key, item]) => [key, textOf(item, `${name}.${key}`)] as const)
  return new Map(entries)
}

function textOf(value: JsonValue, name: string): string {
  const text = scalarText(value)
  if (text === undefined) throw mismatched('a text', value, name)
  return text
}

function mismatched(wanted: string, value: JsonValue, name: string): Malformed {
  const field = JSON.stringify(name.slice(0, MAX_SHOWN))
  return new Malformed(
    malformedMessage(
      'com.fasterxml.jackson.databind.exc.MismatchedInputException',
      `Cannot deserialize value of ${field}: ${wanted} is wanted, not ${kindOf(value)}`,
    ),
  )
}

function missing(message: string): Malformed {
  return new Malformed(malformedMessage(`${PACKAGE}.SubmitRestMissingFieldException`, message))
}

function invalid(detail: string): Malformed {
  return new Malformed(invalidRequestMessage(detail))
}
