// An event of the master as one line of a trace.
import type { MasterEvent } from '@hearth/master/core/events.ts'

export function formatEvent(event: MasterEvent): string {
  switch (event.type) {
    case 'worker.register-requested': {
      const { workerId, launcherPort, offered, held, heldDrivers } = event.registration
      const names = [
        ...held.map((one) => `${one.applicationId}/${one.executor}:${one.state}`),
        ...heldDrivers.map((one) => `${one.driverId}#${one.attempt}:${one.state}`),
      ]
      return `${event.peer} registers ${workerId} port=${launcherPort} cores=${offered.cores} held=[${names.join(' ')}]`
    }
    case 'worker.heartbeat-received':
      return `${event.peer} heartbeat`
    case 'executor.state-reported': {
      const { sequence, applicationId, executor, state, exitCode } = event.report
      return `${event.peer} reports #${sequence} ${applicationId}/${executor} ${state} exit=${exitCode}`
    }
    case 'application.register-requested': {
      const { maxCores, executor, executorLimit } = event.description
      return `${event.peer} registers an application at ${event.client}: max=${maxCores} cores=${executor.cores} memory=${executor.memoryMb} limit=${executorLimit}`
    }
    case 'driver.state-reported': {
      const { sequence, driverId, attempt, state, exitCode, message } = event.report
      return `${event.peer} reports #${sequence} ${driverId}#${attempt} ${state} exit=${exitCode} ${message}`
    }
    case 'driver.submit-requested': {
      const { resources, firstExecutor, supervise } = event.description
      return `${event.request} submits a driver: ${JSON.stringify({ resources, firstExecutor, supervise })}`
    }
    default: {
      const { type, ...rest } = event
      return `${type} ${JSON.stringify(rest)}`
    }
  }
}
