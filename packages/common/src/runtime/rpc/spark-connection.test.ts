import { expect, test } from 'vitest'
import pino from 'pino'
import { dialSpark } from './dial.ts'
import { listenRpc } from './listen.ts'

test('asks, replies and one-ways in both directions', async () => {
  const log = pino({ level: 'silent' })
  const server = await listenRpc({
    host: '127.0.0.1',
    port: 0,
    log,
    onSpark: (c) => ({
      onRequest: (id, body) => {
        c.reply(id, body)
      },
      onOneWay: (b) => c.sendOneWay(b),
      onClose: () => undefined,
    }),
  })
  let got: (b: Uint8Array) => void
  const back = new Promise<Uint8Array>((r) => {
    got = r
  })
  const c = await dialSpark(server.address, {
    log,
    onOpen: () => ({ onRequest() {}, onOneWay: (b) => got(b), onClose() {} }),
  })
  expect([...(await c.ask(Uint8Array.of(1, 2), 1000))]).toEqual([1, 2])
  c.sendOneWay(Uint8Array.of(3))
  expect([...(await back)]).toEqual([3])
  c.close('done')
  await server.stop()
})
