import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { parseHeldProcess } from '@hearth/worker/launcher/protocol/held-process.ts'
import { parseLaunchOrder } from '@hearth/worker/launcher/protocol/launch-order.ts'
import { LineChannel } from '@hearth/worker/launcher/protocol/line-channel.ts'
import {
  parseLauncherMessage,
  parseWorkerMessage,
} from '@hearth/worker/launcher/protocol/messages.ts'
import { parseDiscoveryOutput } from '@hearth/worker/doors/spark/discovery-output.ts'
import {
  formatResourcesFile,
  parseResourcesFile,
} from '@hearth/worker/doors/spark/resources-file.ts'
import { drawInteger } from '@hearth/common/domain/random.ts'
import { TO_WORKER } from '../corpus/cluster-messages.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { mutateJson } from '../engine/mutate-json.ts'
import { attempt, demand } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const key = { kind: 'executor', applicationId: 'app-20260101000000-0000', executor: 3 }
const driverKey = { kind: 'driver', driverId: 'driver-20260101000000-0000', attempt: 2 }
const resources = { cores: 1, memoryMb: 1024, custom: { gpu: ['0', '1'] } }
const launch = TO_WORKER.find(({ type }) => type === 'launch-executor')
const payload = launch?.type === 'launch-executor' ? launch.payload : undefined
const driverLaunch = TO_WORKER.find(({ type }) => type === 'launch-driver')
const driverPayload = driverLaunch?.type === 'launch-driver' ? driverLaunch.payload : undefined
const HELD = {
  ...{ key, ...resources, payload, workDir: '/w/app/3', scratchDirs: ['/tmp/s'] },
  ...{ pid: 41, state: 'exited', exitCode: 137, killed: false, message: null },
}
const ORDER = {
  ...{ key, ...resources, payload, argv: ['/bin/java', '-cp', 'x'], env: { PATH: '/bin' } },
  ...{
    workDir: '/w/app-20260101000000-0000/3',
    header: 'h',
    files: { 'a.json': '[]' },
    scratchDirs: [],
    leased: false,
  },
}
const DRIVER = { key: driverKey, payload: driverPayload }
const DRIVER_ORDER = { ...ORDER, ...DRIVER, workDir: `/w/${driverKey.driverId}`, leased: true }
const strategy = { by: 'size', maxBytes: 1_048_576 }
const ROLLED_ORDER = { ...ORDER, rolling: { strategy, maxRetainedFiles: 3, compress: true } }
const DRIVER_HELD = { ...HELD, ...DRIVER, killed: true, message: 'no lease' }
const HELLO = { version: 3, token: 'f00', pid: 2, orphanLimitMs: 3, killGraceMs: 4 }

const FROM_WORKER = [
  { type: 'hello', ...HELLO },
  { type: 'hello', ...HELLO, driverGraceMs: 5 },
  { type: 'authenticate', auth: defaultAuthSettings('correct horse') },
  { type: 'launch', key, order: ORDER },
  { type: 'launch', key: driverKey, order: DRIVER_ORDER },
  { type: 'kill', key },
  { type: 'forget', key: driverKey },
  { type: 'renew-lease', leaseMs: 60_000 },
  { type: 'shutdown' },
].map((message) => JSON.stringify(message))
const FROM_LAUNCHER = [
  { type: 'welcome', version: 3, token: 't', id: 'i', pid: 2, port: 3, heldCount: 1 },
  { type: 'held', process: HELD },
  { type: 'refused', reason: 'r' },
  { type: 'started', key, pid: 3 },
  { type: 'failed', key, message: 'm' },
  { type: 'not-taken', key, message: 'm' },
  { type: 'exited', key, exitCode: 3, killed: true, message: null },
  { type: 'taken', pid: 3 },
].map((message) => JSON.stringify(message))

const DOCUMENTS: readonly (readonly [readonly string[], (value: unknown) => unknown])[] = [
  [FROM_WORKER, parseWorkerMessage],
  [FROM_LAUNCHER, parseLauncherMessage],
  [[ORDER, DRIVER_ORDER, ROLLED_ORDER].map((order) => JSON.stringify(order)), parseLaunchOrder],
  [[HELD, DRIVER_HELD].map((held) => JSON.stringify(held)), parseHeldProcess],
]

export const launcherLines: FuzzTarget = {
  name: 'launcher-lines',
  about:
    'lines between worker and launcher over their socket, orders, and the stored table of processes',
  share: 5,
  open() {
    const lines = [...FROM_WORKER, ...FROM_LAUNCHER].map((line) => Buffer.from(`${line}\n`))
    return (random, note) => {
      if (chance(random, 0.7)) {
        const [samples, parse] = pick(random, DOCUMENTS)
        const document = mutateJson(random, samples)
        note(document)
        const text = new TextDecoder().decode(document)
        return attempt(() => parse(parsedOrText(text)))
      }
      const stream = join(
        ...Array.from({ length: 1 + drawInteger(random, 3) }, () => pick(random, lines)),
      )
      const bytes = mutateBytes(stream, random, lines)
      note(bytes)
      return throughChannel(cut(random, bytes))
    }
  },
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function throughChannel(chunks: readonly Uint8Array[]) {
  const socket = new FakeSocket()
  const reasons: (string | null)[] = []
  const channel = new LineChannel(socket.asSocket, {
    onMessage: (message) => void parseWorkerMessage(message),
    onClose: (reason) => void reasons.push(reason),
  })
  for (const chunk of chunks) socket.say(chunk)
  await socket.vanish()
  await channel.closed
  demand(reasons.length === 1, `the end of the connection was told ${reasons.length} times`)
  return reasons[0] === null ? 'taken' : 'refused'
}

const OUTPUTS = [
  '{"name": "gpu", "addresses": ["0", "1", "GPU-6d4c"]}',
  '{"name": "gpu", "addresses": []}',
  '{"name": "fpga", "addresses": ["f"], "extra": {"a": [1]}}',
]
const FILES = [
  formatResourcesFile('spark.worker', { gpu: ['0', '1'], fpga: ['f'] }),
  formatResourcesFile('spark.executor', { gpu: ['0'] }),
]
const MAX_ADDRESSES = 10_000

export const resourceTexts: FuzzTarget = {
  name: 'resource-texts',
  about: 'the output of discovery scripts, and resources files',
  share: 4,
  open() {
    return (random, note) => {
      const isOutput = chance(random, 0.5)
      const bytes = mutateJson(random, isOutput ? OUTPUTS : FILES)
      note(bytes)
      const text = Buffer.from(bytes).toString('utf8')
      const found = isOutput
        ? parseDiscoveryOutput(text, 'gpu')
        : parseResourcesFile(text, 'spark.worker')
      if (typeof found === 'string') {
        demand(found.length <= 2000, `a problem of ${found.length} characters`)
        return 'refused'
      }
      const lists = Array.isArray(found)
        ? [found as string[]]
        : [...(found as Map<string, string[]>).values()]
      for (const addresses of lists) {
        demand(new Set(addresses).size === addresses.length, 'an address stands twice')
        demand(addresses.length <= MAX_ADDRESSES, 'too many addresses')
        demand(
          addresses.every((one) => typeof one === 'string' && one !== ''),
          'an odd address',
        )
      }
      return 'taken'
    }
  },
}
