// What the server answers (org.apache.spark.deploy.rest.SubmitRestProtocolResponse, 3.5 to 4.3).

/** The release whose REST server ours behaves like. Clients want a version and compare it with nothing. */
export const SERVER_SPARK_VERSION = '4.3.0'

/** The only version of the protocol that there is. */
export const PROTOCOL_VERSION = 'v1'

/** The status of `Unknown protocol version` (RestSubmissionServer.SC_UNKNOWN_PROTOCOL_VERSION). */
export const UNKNOWN_VERSION_STATUS = 468

/** How a driver's state is spelled. */
export type SparkDriverState =
  | 'SUBMITTED'
  | 'RUNNING'
  | 'FINISHED'
  | 'RELAUNCHING'
  | 'KILLED'
  | 'FAILED'
  | 'ERROR'

interface Outcome {
  readonly success: boolean
  /** Null is left out. */
  readonly message: string | null
}

export type RestResponse =
  | ({
      readonly action: 'CreateSubmissionResponse'
      readonly submissionId: string | null
      readonly unknownFields: readonly string[]
    } & Outcome)
  | ({ readonly action: 'KillSubmissionResponse'; readonly submissionId: string } & Outcome)
  | ({
      readonly action: 'SubmissionStatusResponse'
      readonly submissionId: string
      readonly driverState: SparkDriverState | null
      readonly workerId: string | null
      readonly workerHostPort: string | null
    } & Outcome)
  | ({
      readonly action: 'KillAllSubmissionResponse' | 'ClearResponse' | 'ReadyzResponse'
    } & Outcome)
  | {
      readonly action: 'ErrorResponse'
      readonly message: string
      readonly highestProtocolVersion: string | null
    }

/**
 * The response as Spark's server writes it (Jackson with indentation): keys in alphabetical order, what is null
 * or empty left out, `"key" : value`.
 */
export function formatResponse(response: RestResponse): string {
  const fields: Readonly<Record<string, unknown>> = {
    ...response,
    serverSparkVersion: SERVER_SPARK_VERSION,
  }
  const lines = Object.keys(fields)
    .toSorted()
    .flatMap((key) => formatField(key, fields[key]))
  return `{\n${lines.join(',\n')}\n}`
}

function formatField(key: string, value: unknown): string[] {
  if (value === null) return []
  if (!Array.isArray(value)) return [`  ${JSON.stringify(key)} : ${JSON.stringify(value)}`]
  if (value.length === 0) return []
  return [`  ${JSON.stringify(key)} : [ ${value.map((item) => JSON.stringify(item)).join(', ')} ]`]
}
