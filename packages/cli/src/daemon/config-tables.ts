// All the keys there are: what Hearth honours, documents and recognises in somebody's files.
import { AUTH_KEYS } from '@hearth/common/runtime/auth/auth-settings.ts'
import { SECRET_KEYS } from '@hearth/common/runtime/auth/secret.ts'
import type { ConfigTable } from '@hearth/common/runtime/config/table.ts'
import { MASTER_CONFIG } from '@hearth/master/config.ts'
import { WORKER_CONFIG, WORKER_RESOURCE_KEYS } from '@hearth/worker/config.ts'

const MAX_PORT = 65_535

/** Keys that say where a daemon listens; the commands read them, the daemons are told the result. */
export const LISTEN_KEYS = {
  masterUiPort: {
    key: 'spark.master.ui.port',
    kind: 'integer',
    default: undefined,
    min: 0,
    max: MAX_PORT,
    doc: 'Port of the master’s web UI. As in Spark it wins over --webui-port and SPARK_MASTER_WEBUI_PORT; 8080 when none of them is set.',
  },
  workerUiPort: {
    key: 'spark.worker.ui.port',
    kind: 'integer',
    default: undefined,
    min: 0,
    max: MAX_PORT,
    doc: 'Port of the worker’s web UI. As in Spark it wins over --webui-port and SPARK_WORKER_WEBUI_PORT; 8081 when none of them is set.',
  },
} as const satisfies ConfigTable

export const CONFIG_TABLES: readonly ConfigTable[] = [
  LISTEN_KEYS,
  SECRET_KEYS,
  AUTH_KEYS,
  MASTER_CONFIG,
  WORKER_CONFIG,
  WORKER_RESOURCE_KEYS,
]
