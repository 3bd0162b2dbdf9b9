// An effect as one line of a scenario.
import { addressesOf } from '@hearth/common/domain/resources.ts'
import type { ClientMessage, Effect, WorkerMessage } from '../effects.ts'

/** `app-19700101000000-0003` reads as `app3`. */
export function shortenIds(text: string): string {
  return text
    .replaceAll(/app-\d{14}-0*(\d+)/g, 'app$1')
    .replaceAll(/driver-\d{14}-0*(\d+)/g, 'driver$1')
}

export function formatEffect(effect: Effect): string {
  return shortenIds(lineOf(effect))
}

function lineOf(effect: Effect): string {
  switch (effect.type) {
    case 'persist':
      return `${effect.record === null ? 'delete' : 'persist'} ${effect.key}`
    case 'send-worker':
      return `${effect.peer} <- ${workerLine(effect.message)}`
    case 'send-client':
      return `${effect.peer} <- ${clientLine(effect.message)}`
    case 'reply':
      return `reply ${effect.request} ${effect.reply.type}${'driverId' in effect.reply ? ` ${effect.reply.driverId}` : ''}${'reason' in effect.reply ? `: ${effect.reply.reason}` : ''}`
    case 'dial-launcher':
      return `dial-launcher ${effect.host}:${effect.port}`
    case 'dial-client':
      return `dial-client ${effect.applicationId} at ${effect.client}`
    case 'forget-client':
      return `forget-client ${effect.client}`
    case 'ask-client':
      return `ask-client ${effect.peer}`
    case 'disconnect':
      return `disconnect ${effect.peer}: ${effect.reason}`
    case 'note':
      return `note ${effect.level} ${effect.text}`
  }
}

function workerLine(message: WorkerMessage): string {
  switch (message.type) {
    case 'registered': {
      const keep = message.keep.map((key) => `${key.applicationId}/${key.executor}`)
      const lost = message.wasLost ? ' was-lost' : ''
      const runs = message.keepDrivers.map((run) => `${run.driverId}#${run.attempt}`)
      const drivers = runs.length === 0 ? '' : ` drivers=[${runs.join(' ')}]`
      return `registered${lost} keep=[${keep.join(' ')}]${drivers}`
    }
    case 'registration-refused':
      return `registration-refused: ${message.reason}`
    case 'report-acknowledged':
      return `report-acknowledged ${message.sequence}`
    case 'launch-executor': {
      const { applicationId, executor, profile, resources } = message
      const kind = profile === 0 ? '' : ` profile=${profile}`
      const gpus = addressesOf(resources, 'gpu')
      const custom = gpus.length === 0 ? '' : ` gpu=${gpus.join(',')}`
      return `launch-executor ${applicationId}/${executor}${kind} cores=${resources.cores} memory=${resources.memoryMb}${custom}`
    }
    case 'kill-executor':
      return `kill-executor ${message.applicationId}/${message.executor}`
    case 'launch-driver':
      return launchDriverLine(message)
    case 'kill-driver':
      return `kill-driver ${message.driverId}#${message.attempt}`
    case 'application-finished':
      return `application-finished ${message.applicationId}`
    case 'heartbeat-acknowledged':
    case 'reregister':
      return message.type
  }
}

function launchDriverLine({
  driverId,
  attempt,
  resources,
  supervised,
}: Extract<WorkerMessage, { type: 'launch-driver' }>): string {
  const gpus = addressesOf(resources, 'gpu')
  const custom = gpus.length === 0 ? '' : ` gpu=${gpus.join(',')}`
  const size = `cores=${resources.cores} memory=${resources.memoryMb}${custom}`
  return `launch-driver ${driverId}#${attempt} ${size}${supervised ? ' supervised' : ''}`
}

function clientLine(message: ClientMessage): string {
  switch (message.type) {
    case 'application-registered':
      return `application-registered ${message.applicationId}`
    case 'application-removed':
      return `application-removed: ${message.reason}`
    case 'executor-added':
      return `executor-added ${message.executor} on ${message.workerId} cores=${message.resources.cores}`
    case 'executor-updated': {
      const { executor, state, exitCode, message: text, workerHost } = message
      const exit = exitCode === null ? '' : ` exit=${exitCode}`
      const host = workerHost === null ? '' : ` host=${workerHost}`
      return `executor-updated ${executor} ${state}${exit}${host}${text === null ? '' : `: ${text}`}`
    }
    case 'worker-removed':
      return `worker-removed ${message.workerId}: ${message.reason}`
    case 'master-changed':
      return 'master-changed'
  }
}
