import type { Command } from 'commander'
import { isOver, remarksOf, stateWord } from '../master/driver-document.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf, textOf } from '../master/json-fields.ts'
import {
  type MasterUiFlags,
  addMasterUiFlags,
  jsonOf,
  masterUiUrl,
  request,
} from '../master/master-ui.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatDuration, formatMemory, formatTable } from '../text-table.ts'

interface DriversFlags extends MasterUiFlags {
  readonly all?: boolean
}

/** `hearth drivers`: the drivers that the cluster runs, in the order of their submission. */
export function addDrivers(program: Command, surroundings: Surroundings): void {
  addMasterUiFlags(program.command('drivers'))
    .description('list the drivers that run or wait in the cluster')
    .option('--all', 'those that have ended too, the latest first')
    .action(async (flags: DriversFlags) => {
      const url = new URL('api/v1/drivers', masterUiUrl(flags, surroundings))
      const { active, completed } = recordOf(jsonOf(url, await request(url)))
      const ended = flags.all === true ? recordsOf(completed).toReversed() : []
      const drivers = [...recordsOf(active), ...ended]
      surroundings.out(
        flags.json === true
          ? `${JSON.stringify(drivers, null, 2)}\n`
          : table(drivers, flags.all === true),
      )
    })
}

function table(drivers: readonly JsonRecord[], isAll: boolean): string {
  if (drivers.length === 0) {
    return isAll ? 'no drivers\n' : 'no drivers run or wait; --all shows those that have ended\n'
  }
  return formatTable(
    ['ID', 'NAME', 'STATE', 'WORKER', 'CORES', 'MEMORY', 'RUNS', 'DURATION', 'REMARKS'],
    drivers.map((driver) => {
      const { cores, memoryMb } = recordOf(driver['resources'])
      return [
        textOf(driver, 'id'),
        textOf(driver, 'name'),
        stateWord(driver),
        textOf(driver, 'workerId'),
        numberOf({ cores }, 'cores'),
        formatMemory(numberOf({ memoryMb }, 'memoryMb')),
        numberOf(driver, 'runs'),
        durationOf(driver),
        remarksOf(driver),
      ]
    }),
  )
}

/** How long it has been there, or was. */
export function durationOf(driver: JsonRecord): string {
  const end = isOver(driver) ? numberOf(driver, 'endedAt') : Date.now()
  return formatDuration(Math.max(0, end - numberOf(driver, 'submittedAt')))
}
