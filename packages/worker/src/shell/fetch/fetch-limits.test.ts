// What is fetched over https, and from whom, with a real server whose authority nobody knows by himself.
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WORKER_CONFIG } from '../../config.ts'
import { parseJarUrl } from '../../doors/spark/jar-source.ts'
import { fetchJar } from './fetch-jar.ts'
import { readFetchLimits } from './fetch-limits.ts'

const CERTIFICATES = new URL('../../../../../test/fixtures/tls/', import.meta.url)
const AUTHORITY = fileURLToPath(new URL('authority.pem', CERTIFICATES))

let directory: string
let server: https.Server
let port: number

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'hearth-tls-'))
  const [cert, key] = ['server.pem', 'server.key'].map((name) =>
    readFileSync(new URL(name, CERTIFICATES)),
  )
  server = https.createServer({ cert, key }, (_request, response) => response.end('a jar'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
  rmSync(directory, { recursive: true })
})

function limitsOf(properties: Readonly<Record<string, string>>) {
  return readFetchLimits(readConfig(WORKER_CONFIG, new Map(Object.entries(properties))))
}

async function fetchFrom(host: string, properties: Readonly<Record<string, string>>) {
  const jarUrl = `https://${host}:${port}/app.jar`
  const { signal: stop } = new AbortController()
  const limits = limitsOf(properties)
  await fetchJar({ jarUrl, source: parseJarUrl(jarUrl), directory, limits, stop })
}

test('an authority of one’s own is trusted when it is named', async () => {
  await fetchFrom('localhost', { 'hearth.fetch.caFile': AUTHORITY })
  expect(readFileSync(path.join(directory, 'app.jar'), 'utf8')).toBe('a jar')
})

test('an authority that nobody knows is not, and the key that names it is', async () => {
  await expect(fetchFrom('localhost', {})).rejects.toThrow(
    /localhost:\d+: unable to verify .*\(hearth\.fetch\.caFile\)$/,
  )
  expect(readdirSync(directory)).toEqual([])
})

test('a certificate counts for the host that it names only', async () => {
  await expect(fetchFrom('127.0.0.1', { 'hearth.fetch.caFile': AUTHORITY })).rejects.toThrow(
    /127\.0\.0\.1:\d+: .*does not match certificate/,
  )
  expect(readdirSync(directory)).toEqual([])
})

test.each([
  ['nothing of the kind', /x\.pem cannot be used: it holds no certificate in PEM/],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /x\.pem cannot be used: /],
])('a file that holds %j stops the start', (text, problem) => {
  const file = path.join(directory, 'x.pem')
  const read = () => limitsOf({ 'hearth.fetch.caFile': file })
  expect(read).toThrow(/hearth\.fetch\.caFile: .*x\.pem cannot be used: ENOENT/)
  writeFileSync(file, text)
  expect(read).toThrow(problem)
})
