// Which jar addresses a submission in cluster mode may name is decided by Spark's own client, before it
// dials anybody: a master never hears of a bad one.
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it } from 'vitest'
import { runProgram } from '../../packages/cli/src/spark/run-program.ts'
import { testEnvironment } from '../support/environment.ts'
import { SPARK_VERSIONS, sparkHome } from '../support/spark-distributions.ts'

// Of a JVM that starts, on a machine that may be busy.
const TIMEOUT_MS = 120_000

it.each(SPARK_VERSIONS)(
  'C-14 a jar address needs a scheme and .jar: the client of %s',
  async (version) => {
    let dials = 0
    const master = createServer((socket) => {
      dials += 1
      socket.destroy()
    })
    master.listen(0, '127.0.0.1')
    await once(master, 'listening')
    const { port } = master.address() as AddressInfo
    const home = sparkHome(version)
    const launch = (jar: string) =>
      runProgram(
        path.join(home, 'bin/spark-class'),
        ['org.apache.spark.deploy.Client', 'launch', `spark://127.0.0.1:${port}`, jar, 'Main'],
        { ...testEnvironment(), SPARK_HOME: home },
        TIMEOUT_MS,
      )
    try {
      for (const jar of ['no-scheme.jar', 'file:///not-a-jar']) {
        const { exitCode, stdout, stderr } = await launch(jar)
        expect(exitCode).not.toBe(0)
        expect(stdout + stderr).toContain(`Jar url '${jar}' is not in valid format`)
        expect(dials).toBe(0)
      }
      // A good one gets as far as the master.
      await launch('file:///a.jar')
      expect(dials).toBeGreaterThan(0)
    } finally {
      master.close()
      await once(master, 'close')
    }
  },
)
