// Every message about drivers that the cluster runs, by its name: what submitters ask, what they are answered,
// and what masters and workers say of them.
import {
  requestDriverStatus,
  type RequestDriverStatus,
} from './from-submitter/request-driver-status.ts'
import { requestKillDriver, type RequestKillDriver } from './from-submitter/request-kill-driver.ts'
import {
  requestSubmitDriver,
  type RequestSubmitDriver,
} from './from-submitter/request-submit-driver.ts'
import { driverStateChanged, type DriverStateChanged } from './from-worker/driver-state-changed.ts'
import type { MessageCodec } from './message-codec.ts'
import {
  driverStatusResponse,
  type DriverStatusResponse,
} from './to-submitter/driver-status-response.ts'
import { killDriverResponse, type KillDriverResponse } from './to-submitter/kill-driver-response.ts'
import {
  submitDriverResponse,
  type SubmitDriverResponse,
} from './to-submitter/submit-driver-response.ts'
import { killDriver, type KillDriver } from './to-worker/kill-driver.ts'
import { launchDriver, type LaunchDriver } from './to-worker/launch-driver.ts'

/** What a submitter asks its master. */
export type SubmitterRequest = RequestSubmitDriver | RequestKillDriver | RequestDriverStatus

/** What it is answered. */
export type SubmitterResponse = SubmitDriverResponse | KillDriverResponse | DriverStatusResponse

export type DriverMessage =
  | SubmitterRequest
  | SubmitterResponse
  | LaunchDriver
  | KillDriver
  | DriverStateChanged

export const DRIVER_CODECS: {
  readonly [Type in DriverMessage['type']]: MessageCodec<Extract<DriverMessage, { type: Type }>>
} = {
  RequestSubmitDriver: requestSubmitDriver,
  RequestKillDriver: requestKillDriver,
  RequestDriverStatus: requestDriverStatus,
  SubmitDriverResponse: submitDriverResponse,
  KillDriverResponse: killDriverResponse,
  DriverStatusResponse: driverStatusResponse,
  LaunchDriver: launchDriver,
  KillDriver: killDriver,
  DriverStateChanged: driverStateChanged,
}
