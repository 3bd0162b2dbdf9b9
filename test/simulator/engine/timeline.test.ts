import { expect, test } from 'vitest'
import { Timeline } from './timeline.ts'

test('things happen in order of time, those at the same time in order of asking', () => {
  const timeline = new Timeline()
  const happened: string[] = []
  const plan = [30, 10, 20, 10, 0, 30, 10, 5, 20]
  for (const [order, delayMs] of plan.entries()) {
    timeline.after(delayMs, () => happened.push(`${timeline.now}/${order}`))
  }
  timeline.runUntil(20)
  expect(happened).toEqual(['0/4', '5/7', '10/1', '10/3', '10/6', '20/2', '20/8'])
  expect(timeline.now).toBe(20)
  timeline.runUntil(100)
  expect(happened.slice(7)).toEqual(['30/0', '30/5'])
})

test('what is cancelled does not happen', () => {
  const timeline = new Timeline()
  const alarm = timeline.after(10, () => {
    throw new Error('it happened')
  })
  alarm.cancelled = true
  timeline.runUntil(10)
})

test('time that stands still is an error', () => {
  const timeline = new Timeline()
  const again = () => void timeline.after(0, again)
  again()
  expect(() => timeline.runUntil(1)).toThrow('time stands still')
})
