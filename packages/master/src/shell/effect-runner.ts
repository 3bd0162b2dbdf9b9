// Carries out effects. No decisions: each is one call.
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { Effect, Reply } from '../core/effects.ts'
import type { MasterEvent, RequestId } from '../core/events.ts'
import type { ClusterDoor } from '../doors/cluster/cluster-door.ts'
import type { SparkDoor } from '../doors/spark/spark-door.ts'
import type { LauncherProbe } from './launcher-probe.ts'
import type { Store } from './store/store.ts'

export interface EffectRunnerOptions {
  readonly store: Store
  readonly spark: Pick<SparkDoor, 'send' | 'reply' | 'dial' | 'forget' | 'ask' | 'disconnect'>
  readonly cluster: Pick<ClusterDoor, 'send' | 'disconnect'>
  /** Answers requests that came over HTTP. */
  readonly replyHttp: (request: RequestId, reply: Reply) => void
  readonly push: (event: MasterEvent) => void
  readonly log: Logger
  readonly probe: Pick<LauncherProbe, 'ask'>
}

export function createEffectRunner(options: EffectRunnerOptions): (effect: Effect) => void {
  const { store, spark, cluster, push, log, probe } = options
  return (effect) => {
    switch (effect.type) {
      case 'persist':
        return store.write(effect.key, effect.record, (error) => {
          if (effect.record === null) {
            if (error !== undefined) log.error(`cannot delete ${effect.key}: ${error}`)
          } else if (error === undefined) push({ type: 'record.persisted', key: effect.key })
          else push({ type: 'record.persist-failed', key: effect.key, reason: error })
        })
      case 'send-worker':
        return cluster.send(effect.peer, effect.message)
      case 'send-client':
        return spark.send(effect.peer, effect.message)
      case 'reply':
        spark.reply(effect.request, effect.reply)
        return options.replyHttp(effect.request, effect.reply)
      case 'dial-launcher': {
        const { workerId, host, port } = effect
        void probe
          .ask(host, port)
          .then((outcome) => push({ type: 'worker.launcher-dialled', workerId, outcome }))
        return
      }
      case 'dial-client':
        void spark.dial(effect.applicationId, effect.client)
        return
      case 'forget-client':
        return spark.forget(effect.client)
      case 'ask-client':
        return spark.ask(effect.peer)
      case 'disconnect':
        cluster.disconnect(effect.peer, effect.reason)
        return spark.disconnect(effect.peer, effect.reason)
      case 'note':
        return log[effect.level]({ about: effect.about }, effect.text)
    }
  }
}
