// Runs inside a network namespace of its own (plain JavaScript, because Node 20 starts it directly): a
// master, and a recorded driver that registers and then vanishes without a FIN, because the namespace's
// only network goes down. Ends with 0 when the master has noticed.
//
// Usage: vanishing-driver.mjs HEARTH_PROGRAM FRAMES_FILE DIRECTORY
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'

const [program, framesFile, directory] = process.argv.slice(2)
const logFile = path.join(directory, 'master.log')
const properties = path.join(directory, 'daemon.conf')
writeFileSync(properties, 'hearth.application.askInterval 1s\nhearth.application.timeout 10s\n')

execFileSync('ip', ['link', 'set', 'lo', 'up'])
const log = openSync(logFile, 'a')
const master = spawn(
  process.execPath,
  [program, 'master', '--port', '0', '--webui-port', '0', '--properties-file', properties],
  { stdio: ['ignore', log, log, 'ipc'] },
)
closeSync(log)
master.on('message', ({ type, address }) => {
  if (type === 'ready') register(Number(String(address).split(':').pop()))
})
master.on('exit', () => process.exit(1))

function register(port) {
  const [check, , registration] = readFileSync(framesFile, 'utf8').split('\n')
  const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(check, 'hex')))
  let answers = 0
  socket.on('data', () => {
    answers += 1
    if (answers === 1) socket.write(Buffer.from(registration, 'hex'))
    if (answers === 2) vanish()
  })
}

function vanish() {
  execFileSync('ip', ['link', 'set', 'lo', 'down'])
  process.stdout.write('vanished\n')
  const timer = setInterval(() => {
    const line = readFileSync(logFile, 'utf8')
      .split('\n')
      .find((text) => / finished: /.test(text))
    if (line === undefined) return
    clearInterval(timer)
    process.stdout.write(`${line}\n`)
    master.removeAllListeners('exit')
    master.on('exit', () => process.exit(0))
    master.kill('SIGTERM')
  }, 50)
}
