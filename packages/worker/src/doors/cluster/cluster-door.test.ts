import { expect, test } from 'vitest'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { useRpcRig } from '../../../../../test/support/rpc-rig.ts'
import type { WorkerEvent } from '../../core/events.ts'
import { ClusterDoor } from './cluster-door.ts'
import { eventually } from '../../../../../test/support/eventually.ts'

const rig = useRpcRig()

/** Events of a door, to be waited for. */
class Events {
  readonly all: WorkerEvent[] = []
  #wake: () => void = () => undefined

  readonly push = (event: WorkerEvent): void => {
    this.all.push(event)
    this.#wake()
  }

  async next<Type extends WorkerEvent['type']>(
    type: Type,
  ): Promise<Extract<WorkerEvent, { type: Type }>> {
    for (;;) {
      const found = this.all.find((event) => event.type === type)
      if (found !== undefined) return found as Extract<WorkerEvent, { type: Type }>
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

async function connect(answer: (connection: ClusterConnection, message: unknown) => void) {
  const closed: string[] = []
  const server = await rig.listen({
    onCluster: (connection) => ({
      onMessage: (message) => answer(connection, message),
      onClose: (reason) => void closed.push(reason),
    }),
  })
  const events = new Events()
  const door = new ClusterDoor({
    secret: null,
    limits: DEFAULT_RPC_LIMITS,
    push: events.push,
    log: rig.log,
  })
  door.dial(1, server.address)
  await events.next('link.opened')
  return { server, events, door, closed }
}

test('messages pass both ways over a link', async () => {
  const { events, door } = await connect((connection, message) => {
    expect(message).toEqual({ type: 'heartbeat', workerId: 'worker-1' })
    connection.send({ type: 'heartbeat-ack', epoch: 3 })
  })
  door.send(1, { type: 'heartbeat', workerId: 'worker-1' })
  expect(await events.next('master.heartbeat-acknowledged')).toEqual({
    ...{ type: 'master.heartbeat-acknowledged', link: 1, epoch: 3 },
  })
  await door.stop()
})

test.each<[string, unknown]>([
  ['of no known type', { type: 'format-disk' }],
  ['of a wrong shape', { type: 'heartbeat-ack', epoch: 'three' }],
  ['about an impossible id', { type: 'application-finished', epoch: 1, applicationId: '../x' }],
  ['that is no object', [1, 2, 3]],
])('a message %s closes the link, with a word about it in the log', async (_what, message) => {
  const { events, door } = await connect((connection) => connection.send(message))
  door.send(1, { type: 'heartbeat', workerId: 'worker-1' })
  const { reason } = await events.next('link.closed')
  expect(events.all.map(({ type }) => type)).toEqual(['link.opened', 'link.closed'])
  expect(rig.complaints.join()).toContain(reason)
  await door.stop()
})

test('a master that is not there closes the link before it opens', async () => {
  const server = await rig.listen({})
  await server.stop()
  const events = new Events()
  const door = new ClusterDoor({
    secret: null,
    limits: DEFAULT_RPC_LIMITS,
    push: events.push,
    log: rig.log,
  })
  door.dial(5, server.address)
  expect(await events.next('link.closed')).toEqual({
    ...{ type: 'link.closed', link: 5, reason: 'cannot connect (ECONNREFUSED)' },
  })
  await door.stop()
})

test('a stop sends what is queued and gives up what is being dialled', async () => {
  const received: unknown[] = []
  const { door, server, events } = await connect((_connection, message) => {
    received.push(message)
  })
  door.dial(2, server.address)
  door.send(1, { type: 'worker-stopping', workerId: 'worker-1' })
  await door.stop()
  expect(events.all.filter(({ type }) => type === 'link.closed')).toHaveLength(2)
  await eventually(() => received).toEqual([{ type: 'worker-stopping', workerId: 'worker-1' }])
})

test('a message that is too long closes its link instead of the worker', async () => {
  const { events, door } = await connect(() => undefined)
  const message = 'x'.repeat(DEFAULT_RPC_LIMITS.maxMessageBytes)
  const report = {
    sequence: 1,
    applicationId: 'app-1',
    executor: 0,
    exitCode: null,
    message,
  } as const
  door.send(1, { type: 'executor-state', state: 'failed', ...report })
  expect((await events.next('link.closed')).reason).toContain('16777216')
  await door.stop()
})
