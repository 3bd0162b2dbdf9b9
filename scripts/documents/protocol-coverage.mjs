// docs/protocol-coverage.md: which of Spark's RPC messages Hearth understands. Nothing is claimed: every
// recorded frame is decoded with the real codecs, and encoded again.
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../run-command.mjs'
import { code, generatedHeading, table } from './markdown.mjs'

const PROTOCOL = './packages/common/src/protocol/spark-rpc'
const MESSAGES = `${PROTOCOL}/messages`
const RECORDINGS = path.join(ROOT, 'test/fixtures/spark')

/** One file per message: each exports its codec. */
const messageFiles = readdirSync(path.join(ROOT, MESSAGES), { recursive: true })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort()

export const SOURCES = [
  `export { FrameDecoder } from '${PROTOCOL}/frame-decoder.ts'`,
  `export { decodeEnvelope } from '${PROTOCOL}/envelope.ts'`,
  `export { decodeSparkMessage, encodeSparkMessage } from '${MESSAGES}/spark-message.ts'`,
  `export { decodeBooleanReply, encodeBooleanReply } from '${MESSAGES}/boolean-reply.ts'`,
  ...messageFiles.map(
    (file, index) => `export * as messageFile${index} from '${MESSAGES}/${file}'`,
  ),
]

const INTRODUCTION = `
What real Spark daemons and applications said to each other was recorded (\`test/fixtures/spark\`). This
page shows what Hearth's codecs make of it: how many of the recorded frames of a message are decoded, and
how many of those are the same bytes when they are encoded again. Only what Hearth sends has to be.
`

/** Why what is sent does not have Spark's own bytes, and how it is known that Spark takes it. */
const SHORT_STATE =
  'the field `state`: the enumeration that its value belongs to (`$outer`, `scala$Enumeration$$outerEnum`) is named without its members and UID. The reader puts its own in that place (`readResolve`); 3.5.9, 4.1.4 and 4.3.0 take it in the compat suite.'
const DIFFERENCES = {
  ExecutorUpdated: SHORT_STATE,
  ExecutorStateChanged:
    'the field `state`, as in `ExecutorUpdated`. Only tests and load generators send it: a Hearth worker speaks Hearth’s own protocol.',
  LaunchExecutor:
    'the description of the application is passed on with the class descriptors of its driver, so a class that Hearth writes beside it (`ModuleSerializationProxy`) is described twice. A reader resolves each description by itself; workers of 3.5.9, 4.1.4 and 4.3.0 take it in the compat suite.',
  RegisterWorker:
    'the host in the worker’s reference is the same `String` as the field `host` and is written once by Spark, twice by Hearth. Only tests and load generators send it.',
  WorkerLatestState:
    'its sequences are Lists; Spark sends a Vector (Scala 2.12), or writes an empty List once. Only tests and load generators send it.',
  WorkerSchedulerStateResponse: 'only read: workers send it, Hearth does not.',
  KillExecutors: 'only read: drivers send it, Hearth does not.',
  RequestExecutors: 'only read: drivers send it, Hearth does not.',
  DriverStatusResponse: SHORT_STATE,
  DriverStateChanged:
    'the field `state`, as in `ExecutorUpdated`. Only tests send it: a Hearth worker speaks Hearth’s own protocol.',
  LaunchDriver:
    'the description of the driver is passed on as `LaunchExecutor` passes on that of an application. Only tests send it.',
}

/** The messages of which not every frame is the same, each with its reason. */
function differences(rows) {
  const names = rows.filter(([, row]) => row.same < row.decoded).map(([name]) => simpleName(name))
  const unexplained = names.filter((name) => DIFFERENCES[name] === undefined)
  if (unexplained.length > 0) {
    throw new Error(`no reason is given why ${unexplained.join(', ')} is encoded differently`)
  }
  return names.map((name) => `- ${code(name)}: ${DIFFERENCES[name]}\n`).join('')
}

/** The folders of recorded conversations: `RELEASE/CONVERSATION`. */
function recordedConversations() {
  return readdirSync(RECORDINGS, { recursive: true })
    .filter((file) => path.basename(file) === 'frames.hex')
    .map((file) => path.dirname(file))
    .sort()
}

/** Every recorded frame that carries a Java object, with the recording's own reading of it. */
function* recordedFrames() {
  for (const folder of recordedConversations()) {
    const [release, conversation] = folder.split(path.sep)
    const read = (file) => readFileSync(path.join(RECORDINGS, folder, file), 'utf8')
    const lines = read('frames.hex').split('\n')
    for (const { n, class: className, ...frame } of JSON.parse(read('index.json')).frames) {
      if (className === undefined) continue
      yield { ...frame, release, conversation, className, bytes: Buffer.from(lines[n], 'hex') }
    }
  }
}

/** Takes one frame through frame, envelope (an answer has none) and message, and back. */
function tryFrame({ bytes, className }, protocol) {
  const [frame] = new protocol.FrameDecoder({ maxFrameBytes: bytes.length }).push(bytes)
  const isReply = frame.kind === 'rpc-response'
  const content = isReply ? frame.body : protocol.decodeEnvelope(frame.body).content
  const again = () => {
    if (className === 'java.lang.Boolean') {
      return protocol.encodeBooleanReply(protocol.decodeBooleanReply(content))
    }
    const message = protocol.decodeSparkMessage(content)
    return ['2.12', '2.13']
      .map((line) => protocol.encodeSparkMessage(message, line))
      .find((encoded) => Buffer.compare(encoded, content) === 0)
  }
  try {
    const encoded = again()
    return { decoded: true, same: encoded !== undefined && Buffer.compare(encoded, content) === 0 }
  } catch (error) {
    if (error.name !== 'ProtocolError') throw error
    return { decoded: false, same: false }
  }
}

const simpleName = (className) => className.replace(/\$$/, '').replace(/^.*[.$]/, '')

/** What was recorded of each message class, and what became of it. */
function collectRows(protocol) {
  const rows = new Map()
  for (const recorded of recordedFrames()) {
    const { className, type, from, to, release, conversation } = recorded
    const row = rows.get(className) ?? {
      ...{ ways: new Set(), releases: new Set(), conversations: new Set() },
      ...{ frames: 0, decoded: 0, same: 0 },
    }
    const { decoded, same } = tryFrame(recorded, protocol)
    const kind = { RpcRequest: ' (ask)', RpcResponse: ' (answer)' }[type] ?? ''
    row.ways.add(`${from} → ${to}${kind}`)
    row.releases.add(release)
    row.conversations.add(conversation)
    row.frames += 1
    row.decoded += decoded ? 1 : 0
    row.same += same ? 1 : 0
    rows.set(className, row)
  }
  return rows
}

function messageTable(entries) {
  const headings = ['Message', 'From → to', 'Recorded', 'Decoded', 'Same bytes', 'Conversations']
  const rows = entries.map(([className, row]) => [
    code(simpleName(className)),
    [...row.ways].sort().join('; '),
    `${row.frames} in ${row.releases.size} releases`,
    row.decoded,
    row.same,
    [...row.conversations].sort().join(', '),
  ])
  return table(headings, rows)
}

export function protocolCoverage(protocol) {
  const codecs = Object.values(protocol)
    .flatMap((exported) => (typeof exported === 'object' ? Object.values(exported) : []))
    .filter((exported) => typeof exported?.className === 'string' && 'decode' in exported)
  const rows = [...collectRows(protocol)].sort(([a], [b]) =>
    simpleName(a) < simpleName(b) ? -1 : 1,
  )
  const isRecorded = (className) => rows.some(([recorded]) => recorded === className)
  const unrecorded = codecs.map(({ className }) => className).filter((name) => !isRecorded(name))
  const releases = new Set(rows.flatMap(([, row]) => [...row.releases]))
  return [
    generatedHeading('Protocol coverage', 'test/fixtures/spark and the codecs'),
    INTRODUCTION,
    `\nRecorded releases: ${[...releases].sort().join(', ')}.\n`,
    `\n## Understood\n\n${messageTable(rows.filter(([, row]) => row.decoded > 0))}\n`,
    `\nWhere the bytes differ:\n\n${differences(rows)}`,
    `\nUnderstood and never recorded; tested against the class descriptors of the released jars: `,
    `${unrecorded
      .sort()
      .map((name) => code(simpleName(name)))
      .join(', ')}.\n`,
    notUnderstood(rows.filter(([, row]) => row.decoded === 0)),
  ].join('')
}

function notUnderstood(rows) {
  const what =
    'An ask that is not understood is answered at once with a failure that names the class; anything else is noted in the log.'
  return rows.length === 0
    ? `\nNothing was recorded that is not understood. ${what}\n`
    : `\n## Not understood yet\n\n${what}\n\n${messageTable(rows)}\n`
}
