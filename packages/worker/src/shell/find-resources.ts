// Which custom resources this worker has: a file lists their addresses, or a discovery script prints
// them (ResourceUtils.getOrDiscoverAllResources, Spark 3.5 to 4.3).
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { isResourceName, type ResourceAddresses } from '@hearth/common/domain/resources.ts'
import { readNamedConfig } from '@hearth/common/runtime/config/named-keys.ts'
import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import type { ConfigOf } from '@hearth/common/runtime/config/table.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { WORKER_KEYS, WORKER_RESOURCE_KEYS, type WorkerConfig } from '../config.ts'
import { parseDiscoveryOutput } from '../doors/spark/discovery-output.ts'
import { isExecutableFile } from '../doors/spark/programs.ts'
import { MAX_ADDRESSES } from '../doors/spark/resource-addresses.ts'
import { parseResourcesFile } from '../doors/spark/resources-file.ts'
import type { Environment } from '../doors/spark/variables.ts'
import { runBounded } from './run-bounded.ts'

export interface FindResourcesOptions {
  readonly config: Pick<WorkerConfig, 'resourcesFile' | 'discoveryTimeoutMs'>
  readonly properties: ReadonlyMap<string, string>
  /** Of the discovery scripts. */
  readonly environment: Environment
  readonly log: Logger
}

type ResourceConfig = ConfigOf<typeof WORKER_RESOURCE_KEYS>
type Kind = readonly [name: string, addresses: readonly string[]]

/** The longest file and the longest output of a script: more than {@link MAX_ADDRESSES} could need. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024

/**
 * The addresses that this worker offers, by the name of their kind; undefined when it has none. What
 * the file lists wins over a script, which is not run then. More addresses than `amount` are all
 * offered, as by Spark's worker (seen on 3.5.9 and 4.1.4). Rejects with a ConfigError that names every kind of which the amount cannot be had.
 */
export async function findResources(
  options: FindResourcesOptions,
): Promise<ResourceAddresses | undefined> {
  const { config, properties, log } = options
  const configured = readNamedConfig(WORKER_RESOURCE_KEYS, properties)
  const listed = await readListed(config.resourcesFile)
  const problems: string[] = []
  const whole = [...listed].filter(([name]) => !configured.has(name))
  const found = await Promise.all(
    [...configured].map(async ([name, resource]): Promise<Kind> => {
      const addresses = await addressesOf(name, resource, listed.get(name), options)
      if (typeof addresses === 'string') {
        problems.push(addresses)
        return [name, []]
      }
      noteSurplus(name, resource, addresses, log)
      return [name, addresses]
    }),
  )
  if (problems.length > 0) throw new ConfigError(problems)
  const kinds = [...whole, ...found].filter(([, addresses]) => addresses.length > 0)
  if (kinds.length === 0) return undefined
  const total = kinds.reduce((sum, [, addresses]) => sum + addresses.length, 0)
  if (total > MAX_ADDRESSES) {
    throw new ConfigError([
      `this worker would offer ${total} addresses of custom resources; ${MAX_ADDRESSES} are possible`,
    ])
  }
  const said = kinds.map(([name, addresses]) => `${name} ${addresses.join(' ')}`).join(', ')
  log.info(`custom resources: ${said.slice(0, 1000)}`)
  return Object.fromEntries(kinds)
}

/** The addresses, or a sentence that says why the amount cannot be had. */
async function addressesOf(
  name: string,
  { amount, discoveryScript }: ResourceConfig,
  listed: readonly string[] | undefined,
  options: FindResourcesOptions,
): Promise<readonly string[] | string> {
  const amountKey = keyOf('amount', name)
  const scriptKey = keyOf('discoveryScript', name)
  if (!isResourceName(name)) {
    const key = amount === undefined ? scriptKey : amountKey
    return `${key}: ${JSON.stringify(name)} cannot name a resource: letters, digits, _ and - are allowed`
  }
  if (amount === undefined) {
    return `${amountKey} is not set, but ${scriptKey} is: set it to the number of units that this worker offers`
  }
  if (amount === 0) return []
  if (listed !== undefined) {
    const file = options.config.resourcesFile ?? ''
    if (listed.length >= amount) return listed
    return `${amountKey} is ${amount}, but ${WORKER_KEYS.resourcesFile.key} ${file} lists ${count(listed)} of ${name}: list more or lower the amount`
  }
  if (discoveryScript === undefined) {
    return `${amountKey} is ${amount}, but nothing says which: list ${name} in ${WORKER_KEYS.resourcesFile.key} or set ${scriptKey}`
  }
  const printed = await discover(name, discoveryScript, options)
  if (typeof printed === 'string') return `${scriptKey} ${discoveryScript}: ${printed}`
  if (printed.length >= amount) return printed
  return `${amountKey} is ${amount}, but ${scriptKey} ${discoveryScript} found ${count(printed)}: correct the script or lower the amount`
}

async function discover(
  name: string,
  script: string,
  { config, environment }: FindResourcesOptions,
): Promise<readonly string[] | string> {
  const program = path.resolve(script)
  if (!isExecutableFile(program)) {
    return 'there is no such file that can be executed; correct the path, or make it executable (chmod +x)'
  }
  const outcome = await runBounded({
    ...{ program, environment, timeoutMs: config.discoveryTimeoutMs },
    maxOutputBytes: MAX_TEXT_BYTES,
  })
  if ('problem' in outcome) return `it ${outcome.problem}`
  const addresses = parseDiscoveryOutput(outcome.output, name)
  return typeof addresses === 'string' ? `its output ${addresses}` : addresses
}

function noteSurplus(
  name: string,
  { amount = 0 }: ResourceConfig,
  addresses: readonly string[],
  log: Logger,
): void {
  if (addresses.length <= amount) return
  log.warn(
    `${count(addresses)} of ${name}, but ${keyOf('amount', name)} is ${amount}: all are offered`,
  )
}

async function readListed(
  file: string | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (file === undefined) return new Map()
  const key = WORKER_KEYS.resourcesFile.key
  const text = await readText(path.resolve(file)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`${key} ${file} cannot be read: ${reason}`])
  })
  const listed = parseResourcesFile(text, 'spark.worker')
  if (typeof listed === 'string') throw new ConfigError([`${key} ${file} ${listed}`])
  return listed
}

// Not blocking: opening a pipe would wait for its writer.
async function readText(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error('it is not a file')
    if (found.size > MAX_TEXT_BYTES) throw new Error(`it is longer than ${MAX_TEXT_BYTES} bytes`)
    const bytes = Buffer.alloc(found.size)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

function keyOf(property: keyof typeof WORKER_RESOURCE_KEYS, name: string): string {
  return WORKER_RESOURCE_KEYS[property].key.replace('{name}', () => name)
}

function count({ length }: readonly string[]): string {
  return length === 1 ? '1 address' : `${length} addresses`
}
