import type { Command } from 'commander'
import type { MasterFlags } from '../daemon/master-settings.ts'
import type { CommandStatus } from '../command-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** `hearth master`: Spark's flags, a master in the foreground. */
export function addMaster(
  program: Command,
  surroundings: Surroundings,
  status: CommandStatus,
): void {
  program
    .command('master')
    .description('run a master in the foreground')
    .option(
      '-h, --host <host>',
      'address to listen on and to advertise (SPARK_MASTER_HOST; default 127.0.0.1)',
    )
    .option('-i, --ip <host>', 'the same, as older Sparks call it')
    .option(
      '-p, --port <port>',
      'port for workers and drivers, 0 for any (SPARK_MASTER_PORT; default 7077)',
    )
    .option(
      '--webui-port <port>',
      'port of the web UI, 0 for any (SPARK_MASTER_WEBUI_PORT; default 8080)',
    )
    .option('--properties-file <file>', 'properties to read instead of conf/spark-defaults.conf')
    .option(
      '--insecure',
      'listen beyond this machine without a secret: whoever reaches it can run any command',
    )
    .action(async (flags: MasterFlags) => {
      // Loaded on demand, so that commands which only read stay quick.
      const { runMaster } = await import('../daemon/run-master.ts')
      status.code = await runMaster(flags, surroundings)
    })
}
