// Runs one tool of the house, with its output either shown as it comes or kept for the report.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The path of a tool that npm installed. */
export function tool(name) {
  return path.join(ROOT, 'node_modules', '.bin', name)
}

/**
 * Runs a command in the root of the repository, without standard input. Resolves, never rejects, to
 * `{ ok, seconds, output, reason }`: `output` is empty when it was shown, `reason` says why it is not ok.
 * A command that outlives `limitMinutes` is ended with everything in its process group.
 */
export function runCommand(file, args, { show = false, env = {}, limitMinutes = 10 } = {}) {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const output = []
    let reason
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      detached: true,
    })
    const endGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group is already gone.
      }
    }
    const onSignal = (signal) => {
      endGroup()
      process.exit(signal === 'SIGINT' ? 130 : 143)
    }
    const limit = setTimeout(() => {
      reason = `ended after ${limitMinutes} minutes`
      endGroup()
    }, limitMinutes * 60_000)
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    const finish = (failure) => {
      clearTimeout(limit)
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      resolve({
        ok: failure === undefined,
        seconds: (performance.now() - startedAt) / 1000,
        output: Buffer.concat(output).toString(),
        reason: reason ?? failure,
      })
    }
    child.once('error', (error) => finish(`could not be started: ${error.message}`))
    child.once('close', (code, signal) => {
      finish(code === 0 ? undefined : signal === null ? `exit code ${code}` : `ended by ${signal}`)
    })
  })
}
