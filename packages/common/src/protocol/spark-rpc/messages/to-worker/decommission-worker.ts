import { deployMessage, type MessageCodec } from '../message-codec.ts'

/**
 * Master → `Worker`, one-way: an operator asked at the master for the worker to be decommissioned. It
 * takes nothing new from then on, and does not answer.
 */
export interface DecommissionWorker {
  readonly type: 'DecommissionWorker'
}

// case object DecommissionWorker, in DeployMessages, 3.5.9–4.3.0
export const decommissionWorker: MessageCodec<DecommissionWorker> = {
  type: 'DecommissionWorker',
  className: deployMessage('DecommissionWorker$'),
  decode: () => ({ type: 'DecommissionWorker' }),
  encode: (_message, classes) => classes.singleton(decommissionWorker.className),
}
