import type { Command } from 'commander'
import { addClusterFlags } from '../cluster/cluster-flags.ts'
import type { CommandStatus } from '../command-status.ts'
import type { QuickstartFlags } from '../quickstart/quickstart-flags.ts'
import type { Surroundings } from '../surroundings.ts'

/** `hearth quickstart`: from nothing to a printed Pi. */
export function addQuickstart(
  program: Command,
  surroundings: Surroundings,
  status: CommandStatus,
): void {
  addClusterFlags(program.command('quickstart'))
    .description('find or fetch Spark, run a local cluster, and compute Pi on it')
    .option('--no-wait', 'stop when Pi is printed instead of staying up until Ctrl-C')
    .action(async (flags: QuickstartFlags) => {
      const { runQuickstart } = await import('../quickstart/run-quickstart.ts')
      status.code = await runQuickstart(flags, surroundings)
    })
}
