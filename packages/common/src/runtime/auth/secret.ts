// The one secret of a cluster: where it stands, and whether peers must prove it.
import { ConfigError, readConfig } from '../config/read-config.ts'
import type { ConfigTable } from '../config/table.ts'
import { readSecretFile } from './secret-file.ts'

/** Keys of the secret. Both daemons read them, and so does the command line for its actions. */
export const SECRET_KEYS = {
  authenticate: {
    key: 'spark.authenticate',
    kind: 'boolean',
    default: undefined,
    doc: 'Whether peers must prove the secret. Unset, they must as soon as there is a secret; true without a secret stops the start; false leaves the secret unused.',
  },
  secret: {
    key: 'spark.authenticate.secret',
    kind: 'string',
    default: undefined,
    doc: 'The secret that master, workers, drivers and executors share. _SPARK_AUTH_SECRET and HEARTH_SECRET, in this order, win over it. Whoever can read the file it stands in can run any command on the cluster.',
  },
  secretFile: {
    key: 'hearth.authenticate.secretFile',
    kind: 'string',
    default: undefined,
    doc: 'A file with the secret and nothing else; a line break at its end does not count. Only its owner may be able to read it (chmod 600). Read when nothing else names a secret.',
  },
} as const satisfies ConfigTable

/** How Spark hands the secret to its own processes (SecurityManager.ENV_AUTH_SECRET, 3.5 to 4.3). */
export const SPARK_SECRET_VARIABLE = '_SPARK_AUTH_SECRET'
export const HEARTH_SECRET_VARIABLE = 'HEARTH_SECRET'

/** The ways to give a secret, as an error names them. */
export const WAYS_TO_SET_SECRET = `spark.authenticate.secret, ${HEARTH_SECRET_VARIABLE} or hearth.authenticate.secretFile`

// Spark demands no length. Below this a secret can be guessed from one recorded handshake in no time.
const SHORTEST_GOOD_SECRET = 8

export interface SecretSources {
  /** Effective configuration. */
  readonly properties: ReadonlyMap<string, string>
  /** After `spark-env.sh`. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface FoundSecret {
  /** What peers must prove; null when authentication is off. */
  readonly secret: string | null
  /** What the log should say at the start, one sentence each. No sentence holds the secret. */
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

interface Place {
  readonly name: string
  readonly read: () => string
}

/**
 * Finds the secret: `_SPARK_AUTH_SECRET`, `HEARTH_SECRET`, `spark.authenticate.secret`, then the file of
 * `hearth.authenticate.secretFile`. Throws a {@link ConfigError} for an empty secret, a file that
 * cannot be read or that others can read, and for `spark.authenticate=true` without a secret.
 */
export function findSecret({ properties, environment }: SecretSources): FoundSecret {
  const { authenticate, secret, secretFile } = readConfig(SECRET_KEYS, properties)
  const places: readonly (Place | undefined)[] = [
    placeOf(SPARK_SECRET_VARIABLE, environment[SPARK_SECRET_VARIABLE]),
    placeOf(HEARTH_SECRET_VARIABLE, environment[HEARTH_SECRET_VARIABLE]),
    placeOf(SECRET_KEYS.secret.key, secret),
    secretFile === undefined
      ? undefined
      : { name: SECRET_KEYS.secretFile.key, read: () => readSecretFile(secretFile) },
  ]
  const [place, ...others] = places.filter((one) => one !== undefined)
  if (place === undefined) {
    if (authenticate !== true) return { secret: null, notices: [], warnings: [] }
    throw new ConfigError([
      `spark.authenticate is true and there is no secret: set ${WAYS_TO_SET_SECRET}`,
    ])
  }
  if (authenticate === false) {
    const text = `authentication is off although ${place.name} is set: spark.authenticate is false`
    return { secret: null, notices: [], warnings: [text] }
  }
  const value = place.read()
  if (value === '') throw new ConfigError([`${place.name} is empty: give a secret, or remove it`])
  const why = authenticate === undefined ? ', because there is a secret' : ''
  return {
    secret: value,
    notices: [`authentication is on${why}; the secret is from ${place.name}`],
    warnings: [...shortness(place.name, value), ...leftAside(place.name, others)],
  }
}

function placeOf(name: string, value: string | undefined): Place | undefined {
  return value === undefined ? undefined : { name, read: () => value }
}

function shortness(name: string, { length }: string): readonly string[] {
  if (length >= SHORTEST_GOOD_SECRET) return []
  return [
    `the secret from ${name} has fewer than ${SHORTEST_GOOD_SECRET} characters and can be guessed; 'openssl rand -hex 32' makes a good one`,
  ]
}

function leftAside(name: string, others: readonly Place[]): readonly string[] {
  if (others.length === 0) return []
  const names = others.map((other) => other.name).join(', ')
  return [`there is more than one secret: that of ${name} counts, left aside: ${names}`]
}
