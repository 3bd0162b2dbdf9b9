import type { Command } from 'commander'
import { type ClusterFlags, addClusterFlags } from '../cluster/cluster-flags.ts'
import type { CommandStatus } from '../command-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** `hearth up`: a local cluster in the foreground. */
export function addUp(program: Command, surroundings: Surroundings, status: CommandStatus): void {
  addClusterFlags(program.command('up'))
    .description('run a local cluster: one master and some workers, until Ctrl-C')
    .action(async (flags: ClusterFlags) => {
      const { runUp } = await import('../cluster/run-up.ts')
      status.code = await runUp(flags, surroundings)
    })
}
