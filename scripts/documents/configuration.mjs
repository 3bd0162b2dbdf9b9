// docs/configuration.md: every key that a daemon honours, out of the daemons' tables.
import { code, generatedHeading, table } from './markdown.mjs'

const UNITS = './packages/common/src/runtime/config/units.ts'

export const SOURCES = [
  "export { MASTER_CONFIG } from './packages/master/src/config.ts'",
  "export { WORKER_CONFIG, WORKER_RESOURCE_KEYS } from './packages/worker/src/config.ts'",
  "export { LISTEN_KEYS } from './packages/cli/src/daemon/config-tables.ts'",
  "export { SECRET_KEYS } from './packages/common/src/runtime/auth/secret.ts'",
  "export { AUTH_KEYS } from './packages/common/src/runtime/auth/auth-settings.ts'",
  `export { formatDurationMs } from '${UNITS}'`,
  `export { formatBytes, MIB } from '${UNITS}'`,
]

const INTRODUCTION = `
Hearth reads Spark's own files, environment variables and keys; what it adds is called \`hearth.*\`. A key
is set with \`-Dkey=value\` in \`SPARK_MASTER_OPTS\`, \`SPARK_WORKER_OPTS\` or \`SPARK_DAEMON_JAVA_OPTS\`, or in
\`spark-defaults.conf\` (\`--properties-file\` names another file). A value that cannot be read stops the
daemon with a sentence that names the key; a Spark key that is set and not listed here is named in one
line of the log at start.
`

function defaultText(key, { formatDurationMs, formatBytes, MIB }) {
  if (key.default === undefined) return 'unset'
  if (key.kind === 'duration-ms') return code(formatDurationMs(key.default))
  if (key.kind === 'bytes') return code(formatBytes(key.default))
  if (key.kind === 'memory-mb') return code(formatBytes(key.default * MIB))
  return code(key.default)
}

const KIND_NAMES = { 'duration-ms': 'duration', 'memory-mb': 'memory', bytes: 'size' }

function keyRow(key, units) {
  const names = [key.key, ...(key.aliases ?? [])].map(code).join(' or ')
  const bare = key.bareUnit === undefined ? '' : `, bare number in ${key.bareUnit}`
  const kind = key.choices?.join(', ') ?? `${KIND_NAMES[key.kind] ?? key.kind}${bare}`
  return [names, kind, defaultText(key, units), key.doc]
}

function section(title, keys, units) {
  if (keys.length === 0) return ''
  const sorted = keys.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const rows = sorted.map((key) => keyRow(key, units))
  return `\n## ${title}\n\n${table(['Key', 'Value', 'Default', 'What it does'], rows)}\n`
}

export function configuration({
  MASTER_CONFIG,
  WORKER_CONFIG,
  WORKER_RESOURCE_KEYS,
  LISTEN_KEYS,
  SECRET_KEYS,
  AUTH_KEYS,
  ...units
}) {
  const authentication = [...Object.values(SECRET_KEYS), ...Object.values(AUTH_KEYS)]
  const master = Object.values(MASTER_CONFIG)
  const worker = [WORKER_CONFIG, WORKER_RESOURCE_KEYS].flatMap((keys) => Object.values(keys))
  const isIn = (keys) => (key) => keys.some((other) => other.key === key.key)
  return [
    generatedHeading('Configuration', 'the tables in packages/*/src/config.ts'),
    INTRODUCTION,
    section(
      'Master',
      master.filter((key) => !isIn(worker)(key)),
      units,
    ),
    section(
      'Worker',
      worker.filter((key) => !isIn(master)(key)),
      units,
    ),
    section('Master and worker', master.filter(isIn(worker)), units),
    section('Authentication', authentication, units),
    section('Listening', Object.values(LISTEN_KEYS), units),
  ].join('')
}
