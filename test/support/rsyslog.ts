/**
 * rsyslog, Debian’s, as an audit repository: receives by TLS with client certificates, and writes what it received to a file
 * before it reads on, so that what it loses when it is killed it had not said to have read.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Authority } from './authority.ts'
import { type Received, takenApart } from './syslog-receiver.ts'

const DRIVERS = ['/usr/lib/x86_64-linux-gnu/rsyslog', '/usr/lib/aarch64-linux-gnu/rsyslog', '/usr/lib/rsyslog']

/** Why there is none; '' when there is. */
export const missing: string =
  spawnSync('rsyslogd', ['-v']).error === undefined &&
  DRIVERS.some((folder) => existsSync(join(folder, 'lmnsd_ossl.so')))
    ? ''
    : 'needs rsyslog: apt-get install rsyslog rsyslog-openssl'

export interface Rsyslog {
  readonly port: number
  start(): Promise<void>
  stop(): Promise<void>
  /** Without a chance to write what it has in memory. */
  kill(): Promise<void>
  /** All it has ever written to its file. */
  received(): readonly Received[]
  /** What it says of itself. */
  complaints(): string
  remove(): Promise<void>
}

/** @param name  whose certificate it shows */
export function openRsyslog(authority: Authority, name: string, port: number): Rsyslog {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-rsyslog-'))
  mkdirSync(join(folder, 'work'))
  const [out, own] = [join(folder, 'received'), join(folder, 'own')]
  writeFileSync(
    join(folder, 'rsyslog.conf'),
    `global(
  workDirectory="${folder}/work"
  maxMessageSize="256k"
  parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriver="ossl"
  defaultNetstreamDriverCAFile="${authority.at('ca.pem')}"
  defaultNetstreamDriverCertFile="${authority.at(`${name}.pem`)}"
  defaultNetstreamDriverKeyFile="${authority.at(`${name}.key`)}"
)
template(name="whole" type="string" string="%rawmsg%\\n")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="audit")
ruleset(name="audit" queue.type="Direct") { action(type="omfile" file="${out}" template="whole" flushOnTXEnd="on") }
syslog.* action(type="omfile" file="${own}")
`,
  )
  let running: ChildProcess | undefined
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (running === undefined) return
    const exit = once(running, 'exit')
    running.kill(signal)
    await exit
    running = undefined
    rmSync(join(folder, 'pid'), { force: true })
  }
  return {
    port,
    start: async () => {
      running = spawn('rsyslogd', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
        stdio: 'ignore',
      })
      for (let tries = 0; !(await listening(port)); tries += 1) {
        if (tries > 200 || running.exitCode !== null) throw new Error('rsyslog does not listen')
        await sleep(50)
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    received: () => {
      if (!existsSync(out)) return []
      const lines = readFileSync(out, 'utf8').split('\n').slice(0, -1)
      return lines.map(takenApart)
    },
    complaints: () => (existsSync(own) ? readFileSync(own, 'utf8') : ''),
    remove: async () => {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const listening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
