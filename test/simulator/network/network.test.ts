import { expect, test } from 'vitest'
import { Dice } from '../engine/dice.ts'
import { Timeline } from '../engine/timeline.ts'
import type { End } from './connection.ts'
import { Network } from './network.ts'

const ADDRESS = { host: 'b', port: 1 }

/** Two machines with a connection from `a` to `b`, and what each end heard. */
function connected() {
  const timeline = new Timeline()
  const network = new Network(timeline, new Dice(1))
  const heard: string[] = []
  const ends: End[] = []
  const listen = (name: string) => (end: End) => {
    ends.push(end)
    return {
      onMessage: (text: string) => void heard.push(`${name} ${text}`),
      onClose: (reason: string) => void heard.push(`${name} closed: ${reason}`),
    }
  }
  network.listen(ADDRESS, listen('b'))
  network.dial('a', ADDRESS, 1000, {
    onOpen: listen('a'),
    onFailed: (why) => void heard.push(why),
  })
  timeline.runUntil(1000)
  const [b, a] = ends
  if (a === undefined || b === undefined) throw new Error('not connected')
  return { timeline, network, heard, a, b }
}

test('messages arrive in order, and the end after them', () => {
  const { timeline, heard, a } = connected()
  const sent = Array.from({ length: 20 }, (_, at) => `${at}`)
  for (const text of sent) a.send(text)
  a.close('done')
  a.send('too late')
  timeline.runUntil(5000)
  expect(heard.filter((line) => line.startsWith('b'))).toEqual([
    ...sent.map((text) => `b ${text}`),
    'b closed: closed by the other end',
  ])
  expect(heard).toContain('a closed: done')
})

test('a black hole keeps what is sent until it is gone', () => {
  const { timeline, network, heard, a } = connected()
  const hole = network.openHole('a', 'b')
  a.send('hello')
  timeline.runUntil(20_000)
  expect(heard).toEqual([])
  network.closeHole(hole)
  timeline.runUntil(60_000)
  expect(heard).toEqual(['b hello'])
})

test('after a cut nothing passes, and each end finds out in its own time', () => {
  const { timeline, network, heard, a, b } = connected()
  a.send('on its way')
  network.cut('a', 'b', 10_000)
  a.send('into nothing')
  b.send('into nothing')
  timeline.runUntil(20_000)
  expect(heard.toSorted()).toEqual(['a closed: connection reset', 'b closed: connection reset'])
})

test('a machine without power says nothing; when it is back it knows nothing', () => {
  const { timeline, network, heard, a } = connected()
  network.switchOff('b')
  a.send('hello')
  timeline.runUntil(20_000)
  expect(heard).toEqual([])
  network.switchOn('b')
  timeline.runUntil(60_000)
  expect(heard).toEqual(['a closed: connection reset'])
})

test('a dial is refused where nobody listens and hangs where nobody answers', () => {
  const { timeline, network, heard } = connected()
  const dial = (port: number) =>
    network.dial('a', { host: 'b', port }, 5000, {
      onOpen: () => ({ onMessage: () => undefined, onClose: () => undefined }),
      onFailed: (why) => void heard.push(`${timeline.now} ${why}`),
    })
  dial(2)
  timeline.runUntil(2000)
  network.openHole('b', null)
  dial(1)
  timeline.runUntil(10_000)
  expect(heard).toEqual([expect.stringMatching(/^100\d refused$/), '7000 timed out'])
})
