import { readCreateRequest } from '@hearth/common/protocol/spark-rest/create-request.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { buildSubmission } from '@hearth/master/doors/rest/build-submission.ts'
import { routeOf } from '@hearth/master/doors/rest/route.ts'
import { toDriverDescription } from '@hearth/master/doors/submission/driver-description.ts'
import { SubmissionProblem } from '@hearth/master/doors/submission/problem.ts'
import { mutateBytes } from '../engine/mutate-bytes.ts'
import { mutateJson } from '../engine/mutate-json.ts'
import { attempt, demand, demandWholeNumbers } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'
import { pick } from '../engine/draw.ts'

const MAX_PAYLOAD_BYTES = 1024 * 1024
/** An answer repeats what was sent only so far. */
const MAX_ANSWER_LENGTH = 4096

const SITE = {
  masterUrl: 'spark://127.0.0.1:7077',
  rpcPort: 7077,
  restPort: 6066,
  variable: (name: string) => (name === 'A' ? 'b' : undefined),
}

const REQUESTS = [
  {
    action: 'CreateSubmissionRequest',
    clientSparkVersion: '4.3.0',
    appResource: 'http://h/a.jar',
    mainClass: 'com.example.Main',
    appArgs: ['1', 'two words'],
    environmentVariables: { SPARK_USER: 'ada', A: '{{A}}' },
    sparkProperties: {
      'spark.app.name': 'pi',
      'spark.master': 'spark://h:6066',
      'spark.driver.memory': '512m',
      'spark.driver.cores': '2',
      'spark.driver.supervise': 'true',
      'spark.driver.extraJavaOptions': '-Da="b c" \'-Dd=e\'',
      'spark.driver.extraClassPath': '/a:/b',
      'spark.driver.resource.gpu.amount': '1',
      'spark.executor.memory': '1g',
      'spark.cores.max': '4',
    },
  },
  { action: 'KillSubmissionResponse', submissionId: 'driver-1', success: true },
].map((request) => JSON.stringify(request))

export const restSubmissions: FuzzTarget = {
  name: 'rest-submissions',
  about: 'a submission over REST: JSON, the message, and the driver that it describes',
  share: 6,
  open() {
    return (random, note) => {
      const body = mutateJson(random, REQUESTS)
      note(body)
      return attempt(() => {
        const reading = readCreateRequest(body)
        if (reading.type !== 'create') {
          const said = reading.type === 'malformed' ? reading.message : reading.action
          throw new ProtocolError(said)
        }
        demand(JSON.stringify(reading.unknownFields).length < 1e6, 'an endless list of fields')
        try {
          const submission = buildSubmission(reading.request, SITE)
          const description = toDriverDescription(submission, {
            maxPayloadBytes: MAX_PAYLOAD_BYTES,
          })
          demandWholeNumbers(description, 'driver')
          demand(Object.getPrototypeOf(description.resources) === Object.prototype, 'a prototype')
        } catch (error) {
          if (!(error instanceof SubmissionProblem)) throw error
          demand(
            error.message.length <= MAX_ANSWER_LENGTH,
            'a problem of more than 4096 characters',
          )
          throw new ProtocolError(error.message)
        }
      })
    }
  },
}

const PATHS = [
  '/v1/submissions/create',
  '/v1/submissions/kill/driver-20260101120000-0000',
  '/v1/submissions/status/driver-1/more?a=b',
  '/v2/submissions/readyz',
  '/%2e%2e//v1',
].map((path) => new TextEncoder().encode(path))

export const restPaths: FuzzTarget = {
  name: 'rest-paths',
  about: 'the path of a REST request',
  share: 1,
  open() {
    return (random, note) => {
      const path = mutateBytes(pick(random, PATHS), random, PATHS)
      note(path)
      const route = routeOf(new TextDecoder('latin1').decode(path))
      if (route.type === 'bad-path') return 'refused'
      demand(route.id === undefined || !route.id.includes('/'), 'an id of two segments')
      return 'taken'
    }
  },
}
