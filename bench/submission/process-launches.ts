// A cluster with a real worker, on which drivers are started whose "Java" is a script: it says that it is
// there and sleeps. So what is measured ends when the process has begun, as it would end for a JVM.
import { spawnSync } from 'node:child_process'
import { chmodSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import path from 'node:path'
import { sharedClockMs } from '../lib/bench-thread.ts'
import type { Subject } from '../lib/subject.ts'
import { createBody, RestClient } from './rest-client.ts'
import { whenIdle } from './when-idle.ts'

const START_TIMEOUT_MS = 30_000

export class ProcessLaunches {
  readonly subject: Subject
  readonly #client: RestClient
  readonly #body: string
  /** Everybody who starts writes its pid there. */
  readonly #pipe: Socket
  #onStarted: (at: number) => void = () => undefined

  private constructor(subject: Subject, pipe: Socket, body: string) {
    this.subject = subject
    this.#client = new RestClient(subject.restPort, 1)
    this.#pipe = pipe
    this.#body = body
    pipe.on('data', () => this.#onStarted(sharedClockMs()))
  }

  static start(subject: Subject): ProcessLaunches {
    const home = path.join(subject.directory, 'java-home')
    mkdirSync(path.join(home, 'bin'), { recursive: true })
    const fifo = path.join(home, 'started')
    const { status, stderr } = spawnSync('mkfifo', [fifo], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`mkfifo ${fifo} failed: ${stderr}`)
    const java = path.join(home, 'bin', 'java')
    writeFileSync(java, `#!/bin/sh\necho $$ > '${fifo}'\nexec sleep 600\n`)
    chmodSync(java, 0o755)
    const jar = path.join(home, 'application.jar')
    writeFileSync(jar, Buffer.alloc(10_000))
    // Held open for writing too, it does not end when a writer does.
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
    const body = createBody({
      jar: `file:${jar}`,
      mainClass: 'org.apache.spark.examples.SparkPi',
      environment: { JAVA_HOME: home },
    })
    return new ProcessLaunches(subject, new Socket({ fd, readable: true, writable: false }), body)
  }

  /** Milliseconds from sending a create request to the driver's process, of so many one after the other. */
  async launches(count: number): Promise<readonly number[]> {
    const times: number[] = []
    for (let index = 0; index < count; index += 1) {
      const started = this.#nextStart()
      const startedAt = sharedClockMs()
      const id = await this.#client.create(this.#body)
      times.push((await started) - startedAt)
      await this.#client.kill(id)
      await whenIdle(this.subject.ui)
    }
    return times
  }

  async stop(): Promise<void> {
    this.#client.close()
    this.#pipe.destroy()
    await this.subject.stop()
  }

  #nextStart(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no driver of ${this.subject.name} was started in ${START_TIMEOUT_MS} ms`))
      }, START_TIMEOUT_MS)
      this.#onStarted = (at) => {
        clearTimeout(timer)
        resolve(at)
      }
    })
  }
}
