// The master's public face: what the command line and tests start.
export { startMaster, type MasterOptions, type RunningMaster } from './shell/master.ts'
