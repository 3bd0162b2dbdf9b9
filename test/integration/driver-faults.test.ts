// What drivers can do wrong: each gets a refusal that names the cause, and a bystander, an application
// that was running before, notices nothing.
import { encodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MasterRig } from '../support/master-rig.ts'
import { waitUntil } from '../support/wait-until.ts'

let rig: MasterRig

beforeEach(async () => {
  rig = await MasterRig.start()
})

afterEach(() => rig.stop())

test.each([
  ['negative cores', { maxCores: -3 }, /spark\.cores\.max is -3/],
  ['no cores at all', { maxCores: 0 }, /spark\.cores\.max is 0/],
  ['a name of 1 MB', { name: 'x'.repeat(1024 * 1024) }, /name is 1048576 characters long/],
  ['a negative limit', { initialExecutorLimit: -1 }, /initial number of executors is -1/],
])('an application with %s is refused', async (_what, changes, reason) => {
  const driver = await rig.driver()
  driver.register(changes)
  const { message } = await driver.next('ApplicationRemoved')
  expect(message).toMatch(reason)
  await rig.expectUnharmed()
})

test('a registration of 50 MB is refused with the reason', async () => {
  const driver = await rig.driver()
  const before = process.memoryUsage().rss
  driver.register({ appUiUrl: 'x'.repeat(50 * 1024 * 1024) })
  const { message } = await driver.next('ApplicationRemoved')
  expect(message).toMatch(/cannot take the registration: .*(?:bytes|string)/)
  // Sender and receiver are this process: a few copies of it, not dozens.
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024)
  await rig.expectUnharmed()
})

test('a name with HTML and newlines is shown as text', async () => {
  const driver = await rig.driver()
  const name = '<script>alert(1)</script>\n\r"quoted"'
  await driver.registered({ name, maxCores: 1 })
  const page = await (await fetch(rig.master.webUiUrl)).text()
  expect(page).not.toContain('<script>')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  const { activeapps } = await rig.json()
  expect(activeapps.map((one) => one.name)).toContain(name)
  driver.close()
  await rig.expectUnharmed()
})

test('the same registration twice on one socket gets the same id', async () => {
  const driver = await rig.driver()
  const id = await driver.registered({ maxCores: 1 })
  driver.register({ maxCores: 1 })
  const ids = await waitUntil('the second answer', () => {
    const answers = driver.messages.filter((message) => message.type === 'RegisteredApplication')
    return answers.length === 2 ? answers.map((answer) => answer.appId) : undefined
  })
  expect(ids).toEqual([id, id])
  driver.close()
  await rig.expectUnharmed()
})

// Control characters grow sixfold in the JSON that workers get.
test.each([
  [
    '1,000,000 control characters three times',
    3,
    '\u0001'.repeat(1_000_000),
    /command is \d+ bytes/,
  ],
  ['an option of 2 MiB', 1, 'x'.repeat(2 * 1024 * 1024), /cannot be passed on/],
])('a command with %s is refused', async (_what, count, option, reason) => {
  const driver = await rig.driver()
  const command = {
    mainClass: 'Main',
    arguments: [],
    environment: {},
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: Array.from({ length: count }, () => option),
  }
  driver.register({ command })
  expect((await driver.next('ApplicationRemoved')).message).toMatch(reason)
  await rig.expectUnharmed()
})

test('another application cannot be unregistered', async () => {
  const driver = await rig.driver()
  driver.say({ type: 'UnregisterApplication', appId: rig.bystanderId })
  // Messages of one connection are handled in order: this answer comes after it.
  await driver.registered({ maxCores: 1 })
  driver.close()
  await rig.expectUnharmed()
})

test('an ask that no master answers is refused at once, by name', async () => {
  const driver = await rig.driver()
  await expect(
    driver.ask('Master', { type: 'WorkerRemoved', id: 'w', host: 'h', message: 'm' }),
  ).rejects.toThrow(/does not answer WorkerRemoved/)
  await expect(
    driver.ask('Nobody', { type: 'CheckExistence', name: 'x', line: '2.13' }),
  ).rejects.toThrow(/Could not find Nobody/)
  await rig.expectUnharmed()
})

test('an ask of an unknown class is refused at once, by name', async () => {
  const driver = await rig.driver()
  const known = encodeSparkMessage({ type: 'UnregisterApplication', appId: 'app' }, '2.13')
  const text = Buffer.from(known)
    .toString('latin1')
    .replace('UnregisterApplication', 'UnregisterApplicatiox')
  await expect(driver.askBytes('Master', Buffer.from(text, 'latin1'))).rejects.toThrow(
    /UnregisterApplicatiox/,
  )
  await rig.expectUnharmed()
})

test('garbage instead of an object is refused, asked and unasked', async () => {
  const driver = await rig.driver()
  await expect(driver.askBytes('Master', Buffer.from('garbage'))).rejects.toThrow(/stream/i)
  driver.sayBytes(Buffer.from('garbage'))
  const { message } = await driver.next('ApplicationRemoved')
  expect(message).toMatch(/cannot take the registration/)
  await rig.expectUnharmed()
})

test('dynamic allocation: targets are asked for and answered', async () => {
  const driver = await rig.driver()
  const appId = await driver.registered({ maxCores: 2, initialExecutorLimit: 0 })
  const answer = await driver.ask('Master', {
    type: 'KillExecutors',
    appId,
    executorIds: ['0', 'x'],
  })
  expect(answer.length).toBeGreaterThan(0)
  driver.close()
  await rig.expectUnharmed()
})
