import type { HostPort } from '@hearth/common/domain/addresses.ts'

export const MASTER_HOST = 'm1'
export const WORKER_PORT: HostPort = { host: MASTER_HOST, port: 7077 }
/** A real master has one port for both and tells them apart by the first byte. */
export const DRIVER_PORT: HostPort = { host: MASTER_HOST, port: 7078 }
