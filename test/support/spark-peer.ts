// Spark's own network layer in a JVM: the judge of everything that authenticates and encrypts.
import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { testEnvironment } from './environment.ts'
import { jdkProgram } from './java.ts'
import { sparkHome, type SparkVersion } from './spark-distributions.ts'

const PROGRAM = path.join(import.meta.dirname, 'java/SparkPeer.java')

const ANSWER = 'answer: '

/** Spark's keys, and `secret`. */
export type PeerSettings = Readonly<Record<string, string>>

export class SparkPeer {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string, void>
  #stderr = ''

  private constructor(child: ChildProcess, answers: AsyncIterator<string, void>) {
    this.#child = child
    this.#answers = answers
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
  }

  static async start(version: SparkVersion): Promise<SparkPeer> {
    const classPath = path.join(sparkHome(version), 'jars', '*')
    const child = spawn(jdkProgram('java'), ['-Xmx256m', '-cp', classPath, PROGRAM], {
      env: testEnvironment(),
      stdio: 'pipe',
    })
    const lines = createInterface({ input: child.stdout })
    const peer = new SparkPeer(child, lines[Symbol.asyncIterator]())
    await peer.#next()
    return peer
  }

  /** Resolves with the port of a server that echoes what authenticated clients ask. */
  async serve(settings: PeerSettings): Promise<number> {
    const answer = await this.#order(['serve', ...words(settings)])
    return Number(/^serving (\d+)$/.exec(answer)?.[1] ?? Number.NaN)
  }

  /** Asks with so many bytes each; resolves with `echoed COUNT` or `failed WHY`. */
  dial(port: number, sizes: readonly number[], settings: PeerSettings): Promise<string> {
    return this.#order(['dial', String(port), sizes.join(','), ...words(settings)])
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stdin?.end()
    await closed
  }

  #order(order: readonly string[]): Promise<string> {
    this.#child.stdin?.write(`${order.join(' ')}\n`)
    return this.#next()
  }

  async #next(): Promise<string> {
    for (;;) {
      const line: IteratorResult<string, void> = await this.#answers.next()
      if (line.done === true) throw new Error(`the JVM has ended:\n${this.#stderr}`)
      if (line.value.startsWith(ANSWER)) return line.value.slice(ANSWER.length)
    }
  }
}

function words(settings: PeerSettings): string[] {
  return Object.entries(settings).map(([key, value]) => `${key}=${value}`)
}
