// Carries out effects. No decisions: each is one call.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { Fence } from '../core/effects.ts'
import type { ClusterDoor } from '../doors/cluster/cluster-door.ts'
import type { RunEffect } from './event-loop.ts'
import type { Fetches } from './fetch/fetches.ts'
import type { LauncherKeeper, PrepareLaunch } from './launcher-keeper.ts'

export interface EffectRunnerOptions {
  readonly cluster: ClusterDoor
  readonly launcher: LauncherKeeper
  readonly fetches: Fetches
  readonly prepareLaunch: PrepareLaunch
  /** Resolves when the fence survives a crash. */
  readonly persistFence: (fence: Fence) => Promise<void>
  readonly persistDecommissioning: () => Promise<void>
  readonly removeScratch: (applicationId: ApplicationId) => void
  readonly onRegistered: (masterUrl: string) => void
  readonly onExit: (code: number) => void
  readonly log: Logger
}

/** The runner of a worker's event loop. Only what is persisted makes what follows wait. */
export function createEffectRunner(options: EffectRunnerOptions): RunEffect {
  const { cluster, launcher, log } = options
  return (effect) => {
    switch (effect.type) {
      case 'dial':
        return cluster.dial(effect.link, effect.address)
      case 'close':
        return cluster.close(effect.link, effect.reason)
      case 'send':
        return cluster.send(effect.link, effect.message)
      case 'persist-fence':
        return options.persistFence(effect.fence)
      case 'persist-decommissioning':
        return options.persistDecommissioning()
      case 'fetch':
        return options.fetches.begin(effect.key, effect.payload)
      case 'stop-fetch':
        return options.fetches.stop(effect.key)
      case 'launch':
        return launcher.launch(effect, options.prepareLaunch)
      case 'kill':
        return launcher.kill(effect.key)
      case 'renew-lease':
        return launcher.renewLease(effect.leaseMs)
      case 'forget':
        return launcher.forget(effect.key)
      case 'open-launcher':
        return launcher.reopen()
      case 'close-launcher':
        return launcher.close(effect.mode)
      case 'remove-scratch':
        return options.removeScratch(effect.applicationId)
      case 'announce-registered':
        return options.onRegistered(effect.masterUrl)
      case 'note':
        return log[effect.level](effect.text)
      case 'exit':
        return options.onExit(effect.code)
    }
  }
}
