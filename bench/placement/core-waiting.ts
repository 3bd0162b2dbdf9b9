// The core alone on a full cluster on which applications wait: what one more that registers costs, and what
// it costs when an executor ends and its cores are given anew, which is one pass over all that wait.
import { CoreDriver } from './core.ts'

export interface WaitingCost {
  readonly usPerRegistration: number
  readonly usPerEnd: number
}

const NODE = { cores: 16, memoryMb: 65_536 }
/** Takes all cores of every node. */
const FILLER = { name: 'filler', cores: null, memoryMb: 1_024, maxCores: 1_000_000 }
const WAITING = { name: 'waiting', cores: 1, memoryMb: 1_024, maxCores: 4 }
const ENDS = 1_000

/** In microseconds of CPU, at the given number of applications that wait. */
export function waitOnFullPool(nodes: number, waiting: number): WaitingCost {
  const driver = new CoreDriver()
  for (let index = 0; index < nodes; index += 1) driver.addNode(index, NODE)
  driver.addApplication(FILLER)
  driver.place()
  const alive = [...driver.orders]
  for (const order of alive) driver.report(order, 'running')

  driver.startClock()
  for (let index = 0; index < waiting; index += 1) {
    driver.addApplication(WAITING)
    driver.place()
  }
  const registering = driver.readClock().seconds

  driver.startClock()
  for (let index = 0; index < ENDS; index += 1) {
    const at = index % nodes
    if (at === 0) driver.proveExecutors()
    const order = alive[at]
    if (order === undefined) throw new Error('a node without an executor')
    driver.report(order, 'exited')
    driver.place()
    const next = driver.orders.at(-1)
    if (next === undefined || next === order) throw new Error('its cores were not given anew')
    driver.report(next, 'running')
    alive[at] = next
  }
  const ending = driver.readClock().seconds
  return {
    usPerRegistration: (registering * 1e6) / Math.max(1, waiting),
    usPerEnd: (ending * 1e6) / ENDS,
  }
}
