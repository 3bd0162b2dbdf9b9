// A node on which Java is broken: every executor that is started there ends at once. Jobs run on the
// other node, and the broken one gets nothing new.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'
import { applicationIdOf, PI, smallWorker, submitPi } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'
import { waitUntil } from '../support/wait-until.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

test.each(SPARK_VERSIONS)(
  'jobs of Spark %s finish, and the node is quarantined',
  async (version) => {
    cluster = new TestCluster({ 'hearth.launch.provenAfter': '4s' })
    await cluster.startMaster()
    await cluster.startWorker(smallWorker(version))
    // Larger than the other one, so that it is preferred.
    await cluster.startWorker({
      sparkHome: sparkHome(version),
      cores: 4,
      memory: '4g',
      environment: { JAVA_HOME: brokenJava() },
    })
    const [sound, broken] = (await cluster.json()).workers
    if (sound === undefined || broken === undefined) throw new Error('a worker is missing')

    const finish = finishFile(cluster)
    const pi = await submitPi(cluster, version, {
      conf: { 'spark.executor.cores': '1', 'spark.cores.max': '4' },
      args: ['--task-ms', '100', '--until-file', finish.path],
    })
    const id = await applicationIdOf(pi)
    await pi.output(/is now EXITED \(Command exited with code 1: .*libjvm\.so: cannot open/)
    const reason = new RegExp(
      `launches failed here of ${id}, which ran elsewhere; the last: .*libjvm\\.so: cannot open`,
    )
    let listed = ''
    await waitUntil(
      'the quarantine',
      async () => {
        listed = await cluster.hearth('workers')
        return listed.includes('in quarantine') || undefined
      },
      { describe: () => `${listed}\n${cluster.master.describe('')}` },
    )
    expect(listed).toMatch(
      new RegExp(`^${broken.id} +ALIVE .* in quarantine: \\d+ ${reason.source}`, 'm'),
    )

    // The only cores that are free are those of the broken node.
    const next = await submitPi(cluster, version, { conf: { 'spark.executor.cores': '1' } })
    const why = await cluster.hearth('why', await applicationIdOf(next))
    expect(why).toMatch(new RegExp(`^${broken.id} .* quarantined: \\d+ ${reason.source}`, 'm'))
    finish.now()
    for (const job of [pi, next]) {
      await job.succeeded()
      expect(job.stdout).toMatch(PI)
      await cluster.application(await applicationIdOf(job), (one) => one.state === 'FINISHED')
    }
    const added = [...next.stderr.matchAll(/Executor added: \S+ on (\S+) /g)]
    expect(added.map(([, worker]) => worker)).toEqual([sound.id, sound.id])
    await cluster.idle()
  },
)

function brokenJava(): string {
  const home = path.join(cluster.directory, 'broken-java')
  mkdirSync(path.join(home, 'bin'), { recursive: true })
  const java = path.join(home, 'bin', 'java')
  writeFileSync(java, '#!/bin/sh\necho "libjvm.so: cannot open shared object file" >&2\nexit 1\n')
  chmodSync(java, 0o755)
  return home
}
