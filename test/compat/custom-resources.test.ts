// Applications that ask for more than cores: executors of another size for some stages (a resource
// profile), and custom resources by address, which a worker finds with a discovery script.
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { finishFile } from '../support/finish-file.ts'
import { markedExecutors } from '../support/processes.ts'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'
import { applicationIdOf, submitPython } from '../support/spark-jobs.ts'
import { TestCluster } from '../support/test-cluster.ts'
import { waitUntil } from '../support/wait-until.ts'

let cluster: TestCluster

afterEach(() => cluster.stop())

describe.each(SPARK_VERSIONS)('Spark %s', (version) => {
  test('executors of a resource profile have its cores and memory', async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker({ sparkHome: sparkHome(version), cores: 4, memory: '4g' })
    const finish = finishFile(cluster)
    const job = submitPython(cluster, version, 'resource_profile.py', {
      conf: {
        'spark.executor.cores': '1',
        'spark.dynamicAllocation.enabled': 'true',
        'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
        'spark.dynamicAllocation.maxExecutors': '1',
      },
      args: [finish.path],
    })
    const [, profile = ''] = await job.output(/^profile (\d+)$/m)
    await job.output(/^round 1 total /m)

    const executors = markedExecutors(cluster.mark)
    const [large] = executors.filter((one) => argumentOf(one, '--resourceProfileId') === profile)
    expect(large?.commandLine).toContain('-Xmx768M')
    expect(argumentOf(large, '--cores')).toBe('2')
    const [plain] = executors.filter((one) => argumentOf(one, '--resourceProfileId') === '0')
    expect(plain?.commandLine).toContain('-Xmx512M')
    expect(argumentOf(plain, '--cores')).toBe('1')
    const id = await applicationIdOf(job)
    await cluster.application(id, (one) => one.cores === 3)
    const { workers } = await cluster.json()
    // Overhead is no matter of Spark's standalone mode.
    expect(workers).toMatchObject([{ coresused: 3, memoryused: 512 + 768 }])

    finish.now()
    await job.succeeded()
    expect(job.stdout).toContain('plain 499500\n')
    expect(job.stdout).toContain('round 1 total 499500 cpus [2]\n')
    await cluster.application(id, (one) => one.state === 'FINISHED')
    await cluster.idle()
  })

  test('each executor has addresses of a custom resource for itself', async () => {
    cluster = new TestCluster()
    await cluster.startMaster()
    await cluster.startWorker({
      sparkHome: sparkHome(version),
      cores: 6,
      memory: '4g',
      properties: {
        'spark.worker.resource.gpu.amount': '5',
        'spark.worker.resource.gpu.discoveryScript': discoveryScript(['a', 'b', 'c', 'd', 'e']),
      },
    })
    const job = submitPython(cluster, version, 'custom_resource.py', {
      conf: {
        'spark.cores.max': '4',
        'spark.executor.cores': '2',
        'spark.executor.resource.gpu.amount': '2',
        'spark.task.resource.gpu.amount': '1',
        // A barrier needs room for all its tasks when it is submitted.
        'spark.scheduler.minRegisteredResourcesRatio': '1.0',
      },
    })
    const id = await applicationIdOf(job)
    const { workers } = await waitUntil('both executors to be booked', async () => {
      const document = await cluster.json()
      return document.coresused === 4 ? document : undefined
    })
    expect(workers).toMatchObject([{ resourcesused: { gpu: { name: 'gpu' } } }])
    await job.succeeded()
    const tasks = [...job.stdout.matchAll(/^executor (\d+) gpus (\w) total \d+$/gm)]
    expect(tasks.map(([, executor = '']) => executor).toSorted()).toEqual(['0', '0', '1', '1'])
    // Four of the five, and none of them twice: those of the two executors do not overlap.
    expect(new Set(tasks.map(([, , address]) => address)).size).toBe(4)
    await cluster.application(id, (one) => one.state === 'FINISHED')
    await cluster.idle()
    const idle = await cluster.json()
    expect(idle.workers).toMatchObject([
      { resourcesfree: { gpu: { addresses: ['a', 'b', 'c', 'd', 'e'] } } },
    ])
  })
})

function discoveryScript(addresses: readonly string[]): string {
  const file = path.join(cluster.directory, 'find-gpus.sh')
  writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify({ name: 'gpu', addresses })}'\n`)
  chmodSync(file, 0o755)
  return file
}

function argumentOf(
  executor: { readonly commandLine: readonly string[] } | undefined,
  option: string,
): string | undefined {
  const words = executor?.commandLine ?? []
  return words[words.indexOf(option) + 1]
}
