// A driver without a SparkContext: it says what a recorded one said, to any master, and measures when
// the answers come.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { formatHostPort, parseMasterUrl } from '@hearth/common/domain/addresses.ts'
import { echoEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { dialSpark } from '@hearth/common/runtime/rpc/dial.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'

const FIXTURES = path.join(import.meta.dirname, '../../test/fixtures/spark')

let lastPort = 20_000

/**
 * Registers one application at the master and resolves with the milliseconds from RegisterApplication
 * to the first executor reported RUNNING; then unregisters it. The release is that of the recording.
 */
export async function timeToRunning(masterUrl: string, release: string): Promise<number> {
  const [master] = parseMasterUrl(masterUrl)
  if (master === undefined || typeof master === 'string') throw new Error(`bad URL ${masterUrl}`)
  // Nobody listens there: a driver's address is only its name until its connection breaks.
  lastPort += 1
  const self = { host: '127.0.0.1', port: lastPort }
  const { check, register } = recorded(release)
  const driver = echoEndpointRef(register.driver, { name: 'AppClient', address: self })
  const wrap = (endpoint: string, message: SparkMessage) =>
    encodeEnvelope({
      sender: self,
      receiver: master,
      endpoint,
      content: encodeSparkMessage(message, register.line),
    })
  let onMessage: (message: SparkMessage) => void = () => undefined
  const connection = await dialSpark(master, {
    log: createLog({ name: 'driver', level: 'silent' }),
    onOpen: () => ({
      onRequest: () => undefined,
      onOneWay: (body) => onMessage(decodeSparkMessage(decodeEnvelope(body).content)),
      onClose: () => undefined,
    }),
  })
  await connection.ask(wrap('endpoint-verifier', check), 10_000)
  const startedAt = performance.now()
  let applicationId = ''
  const elapsed = await new Promise<number>((resolve, reject) => {
    onMessage = (message) => {
      if (message.type === 'RegisteredApplication') applicationId = message.appId
      if (message.type === 'ApplicationRemoved') reject(new Error(message.message))
      if (message.type === 'ExecutorUpdated' && message.state === 'RUNNING') {
        resolve(performance.now() - startedAt)
      }
    }
    connection.sendOneWay(wrap('Master', { ...register, driver }))
  })
  connection.sendOneWay(wrap('Master', { type: 'UnregisterApplication', appId: applicationId }))
  connection.close(`measured ${formatHostPort(master)}`)
  return elapsed
}

interface RecordedDriver {
  readonly check: Extract<SparkMessage, { type: 'CheckExistence' }>
  readonly register: Extract<SparkMessage, { type: 'RegisterApplication' }>
}

function recorded(release: string): RecordedDriver {
  const file = path.join(FIXTURES, release, 'client-mode', 'frames.hex')
  const decoder = new FrameDecoder(DEFAULT_RPC_LIMITS)
  const messages: SparkMessage[] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    for (const frame of decoder.push(Buffer.from(line, 'hex'))) {
      if (frame.kind !== 'rpc-request' && frame.kind !== 'one-way') continue
      messages.push(decodeSparkMessage(decodeEnvelope(frame.body).content))
    }
  }
  const check = messages.find((message) => message.type === 'CheckExistence')
  const register = messages.find((message) => message.type === 'RegisterApplication')
  if (check === undefined || register === undefined) throw new Error(`no driver in ${file}`)
  return { check, register }
}
