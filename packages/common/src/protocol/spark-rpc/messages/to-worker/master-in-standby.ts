import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way: the answer to RegisterWorker of a master that does not lead. */
export interface MasterInStandby {
  readonly type: 'MasterInStandby'
}

// case object MasterInStandby, in DeployMessages, 3.5.9–4.3.0
export const masterInStandby: MessageCodec<MasterInStandby> = {
  type: 'MasterInStandby',
  className: deployMessage('MasterInStandby$'),
  decode: () => ({ type: 'MasterInStandby' }),
  encode: (_message, classes) => classes.singleton(masterInStandby.className),
}
