import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { answerTextClient, webUiIn } from './text-client.ts'

async function ask(webUiUrl: string | undefined): Promise<string> {
  const server = createServer((socket) => answerTextClient(socket, webUiUrl))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reply = await fetch(`http://127.0.0.1:${port}/`)
  server.close()
  return reply.text()
}

test.each(['http://10.0.0.7:8080', 'http://[fd00::5]:8080'])(
  'an HTTP client is told of the web UI %s, and the command line reads it there',
  async (webUi) => {
    expect(webUiIn(await ask(webUi))).toBe(webUi)
  },
)

test('where there is none, none is read', async () => {
  expect(webUiIn(await ask(undefined))).toBe(undefined)
  expect(webUiIn('<html>the web UI is at home</html>')).toBe(undefined)
})
