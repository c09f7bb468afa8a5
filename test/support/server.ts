/**
 * The archive as a user starts it: `bin/clearkeep serve` as a process of its own on free ports, with a data folder that
 * is thrown away. Tests talk to it over its sockets and read its disk.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface RunningServer {
  readonly url: string
  readonly dicomweb: string
  readonly aet: string
  readonly dicomPort: number
  readonly data: string
  readonly pid: number
  /** All that it has said on standard error. */
  said(): string
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL: what had not reached the disk is still in the system's cache; use the lossy layer to lose it. */
  kill(): Promise<void>
}

export interface ServerOptions {
  /** Kept when given; else made in the temporary folder and removed at the end. */
  readonly data?: string
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** A program that runs it, e.g. strace with its arguments. */
  readonly under?: readonly string[]
  /** Default: no login and any caller. */
  readonly open?: boolean
}

const START_MS = 60_000

export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'clearkeep-server-'))
  const words = [
    ...(options.under ?? []),
    resolve('bin/clearkeep'),
    'serve',
    ...['--data', data, '--http-port', '0', '--dicom-port', '0'],
    ...(options.open === false ? [] : ['--open']),
    ...(options.flags ?? []),
  ]
  const child = spawn(words[0] ?? '', words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CLEARKEEP_LOG__LEVEL: 'warn', ...options.environment },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<number | null>((settle) => child.once('exit', settle))
  const line = await readyLine(child, ended, () => said)
  const parts = /^ready (http:\/\/\S+) dicom:\/\/([^@]+)@\S+:(\d+)$/.exec(line)
  if (parts?.[1] === undefined || parts[2] === undefined) throw new Error(`not a ready line: ${line}`)

  const clean = () => {
    if (options.data === undefined) rmSync(data, { recursive: true, force: true })
  }
  return {
    url: parts[1],
    dicomweb: `${parts[1]}/dicom-web`,
    aet: parts[2],
    dicomPort: Number(parts[3]),
    data,
    pid: child.pid ?? 0,
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      clean()
      return code
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
      clean()
    },
  }
}

async function readyLine(child: ChildProcess, ended: Promise<number | null>, said: () => string): Promise<string> {
  const line = new Promise<string>((settle) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.includes('\n')) settle(text.slice(0, text.indexOf('\n')))
    })
  })
  const failed = ended.then((code) => {
    throw new Error(`the server ended with ${code} before it was ready: ${said()}`)
  })
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`the server was not ready in time: ${said()}`)), START_MS).unref()
  })
  return Promise.race([line, failed, late])
}
