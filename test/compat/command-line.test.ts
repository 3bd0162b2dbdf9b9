// The command line with real Spark: from nothing to a printed Pi, and a local cluster that is used,
// hurt and stopped.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CommandSite } from '../support/hearth-command.ts'
import { markedProcesses } from '../support/processes.ts'
import { sparkHome } from '../support/spark-distributions.ts'
import { SPARK_PI_CLASS, sparkPiJar } from '../support/spark-pi.ts'
import { Submission } from '../support/submission.ts'
import { waitUntil } from '../support/wait-until.ts'

const VERSION = '4.1.4'
const PORTS = ['--port', '0', '--webui-port', '0']

let site: CommandSite

beforeEach(() => {
  site = new CommandSite()
})

afterEach(() => site.dispose())

describe('quickstart', () => {
  test('prints Pi and the addresses, and leaves nothing behind', async () => {
    const logs = path.join(site.directory, 'logs')
    const started = site.start(['quickstart', '--no-wait', ...PORTS, '--work-dir', logs], {
      SPARK_HOME: sparkHome(VERSION),
    })
    expect(await started.exited).toBe(0)
    const output = started.log()
    expect(output).toMatch(/^Pi is roughly 3\.1\d+ \(\d+\.\d s\)$/m)
    expect(output).toMatch(/^master +spark:\/\/127\.0\.0\.1:\d+$/m)
    expect(output).toMatch(/^web UI +http:\/\/127\.0\.0\.1:\d+$/m)
    expect(output).toContain(`Spark     ${VERSION} in ${sparkHome(VERSION)} (SPARK_HOME)`)
    expect(existsSync(path.join(logs, 'spark-submit.log'))).toBe(true)
    await site.allEnded()
  })

  test('says what to install when there is no Java', async () => {
    const { exitCode, stderr, stdout } = await site.run(['quickstart'], { JAVA_HOME: '/nowhere' })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('apt-get install openjdk-17-jre-headless')
  })
})

describe('up', () => {
  test('an application is listed, read and killed; Ctrl-C stops everything in order', async () => {
    const up = site.start(['up', '-n', '2', ...PORTS], { SPARK_HOME: sparkHome(VERSION) })
    const { url, webUiUrl } = await up.message('ready')
    const ui = { HEARTH_MASTER_UI: String(webUiUrl) }

    const workers = await site.run(['workers', '--json'], ui)
    const states = (JSON.parse(workers.stdout) as { state: string }[]).map(({ state }) => state)
    expect(states).toEqual(['ALIVE', 'ALIVE'])

    const submission = new Submission({
      sparkHome: sparkHome(VERSION),
      masterUrl: String(url),
      environment: site.environment({ SPARK_LOCAL_IP: '127.0.0.1' }),
      directory: site.directory,
      name: 'held',
      args: [
        ...['--class', SPARK_PI_CLASS, await sparkPiJar(VERSION), '4', '--task-ms', '100'],
        ...['--until-file', path.join(site.directory, 'never')],
      ],
    })
    const [, id = ''] = await submission.output(/^application (app-\S+)$/m)
    await submission.output(/^round 1 /m)

    const apps = await site.run(['apps'], ui)
    expect(apps.stdout).toMatch(new RegExp(`^${id} +SparkPi .* RUNNING +2 `, 'm'))
    const log = await site.run(['logs', id, '0'], ui)
    expect(log).toMatchObject({ exitCode: 0, stderr: '' })
    expect(log.stdout).toMatch(/^Spark Executor Command: [^]*CoarseGrainedExecutorBackend/)

    expect(await site.run(['kill', id], ui)).toMatchObject({
      exitCode: 0,
      stdout: `killed ${id}\n`,
    })
    expect(await submission.exited).not.toBe(0)
    expect(await site.run(['kill', id], ui)).toMatchObject({ exitCode: 3, stdout: '' })

    up.kill('SIGINT')
    expect(await up.exited).toBe(0)
    await site.allEnded()
    expect((await site.run(['apps'], ui)).exitCode).toBe(4)
  })

  test('a worker that is killed is reported; without its last worker it stops with 1', async () => {
    const up = site.start(['up', '-n', '2', ...PORTS], { SPARK_HOME: sparkHome(VERSION) })
    await up.message('ready')
    killWorker(1)
    await waitUntil('the report', () => {
      const isTold = up.log().includes('worker 1 ended unexpectedly (SIGKILL); 1 of 2 workers left')
      return isTold || undefined
    })
    killWorker(2)
    expect(await up.exited).toBe(1)
    expect(up.log()).toMatch(/hearth: worker 2 ended unexpectedly \(SIGKILL\)\n +its log ends with/)
    await site.allEnded()
  })

  test('everything ends when the command itself is killed', async () => {
    const up = site.start(['up', '-n', '1', ...PORTS], { SPARK_HOME: sparkHome(VERSION) })
    await up.message('ready')
    up.kill('SIGKILL')
    await site.allEnded()
  })
})

function killWorker(number: number): void {
  const worker = markedProcesses(site.mark).find(
    ({ commandLine }) =>
      commandLine.includes('worker') && commandLine.at(-1)?.endsWith(`worker-${number}`),
  )
  if (worker === undefined) throw new Error(`worker ${number} does not run`)
  process.kill(worker.pid, 'SIGKILL')
}
