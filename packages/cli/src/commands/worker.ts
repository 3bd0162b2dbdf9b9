import type { Command } from 'commander'
import type { WorkerFlags } from '../daemon/worker-settings.ts'
import type { CommandStatus } from '../command-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** `hearth worker`: Spark's flags, a worker in the foreground. */
export function addWorker(
  program: Command,
  surroundings: Surroundings,
  status: CommandStatus,
): void {
  program
    .command('worker')
    .description('run a worker in the foreground')
    .argument('<master>', 'the masters, spark://host:port or spark://h1:p1,h2:p2')
    .option(
      '-h, --host <host>',
      'address to listen on and to advertise (SPARK_LOCAL_HOSTNAME, SPARK_LOCAL_IP; default 127.0.0.1)',
    )
    .option('-i, --ip <host>', 'the same, as older Sparks call it')
    .option(
      '-p, --port <port>',
      'port that executors watch, 0 for any (SPARK_WORKER_PORT; default 0)',
    )
    .option(
      '--webui-port <port>',
      'port of the web UI, 0 for any (SPARK_WORKER_WEBUI_PORT; default 8081)',
    )
    .option('-c, --cores <n>', 'cores to offer (SPARK_WORKER_CORES; default all)')
    .option(
      '-m, --memory <size>',
      'memory to offer, such as 1000M or 2G (SPARK_WORKER_MEMORY; default all but 1 GiB)',
    )
    .option(
      '-d, --work-dir <dir>',
      'directories and logs of executors (SPARK_WORKER_DIR; default $SPARK_HOME/work)',
    )
    .option('--properties-file <file>', 'properties to read instead of conf/spark-defaults.conf')
    .option(
      '--insecure',
      'listen beyond this machine without a secret: whoever reaches it can run any command',
    )
    .action(async (masterUrl: string, flags: WorkerFlags) => {
      const { runWorker } = await import('../daemon/run-worker.ts')
      status.code = await runWorker(masterUrl, flags, surroundings)
    })
}
