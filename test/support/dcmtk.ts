/**
 * DCMTK's programs as peers: run one to its end, or a `storescp` beside the test. With TCP_NODELAY=1, as everybody who
 * measures them should (DCMTK writes headers and bodies apart and leaves Nagle's algorithm on).
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const environment = { ...process.env, TCP_NODELAY: '1' }

let found: boolean | undefined

/** Is DCMTK here? A warning is printed once when it is not; on CI that is a failure. */
export function hasDcmtk(): boolean {
  if (found !== undefined) return found
  found = ['storescu', 'dcmsend', 'echoscu', 'storescp'].every((tool) => spawnSync(tool, ['--version']).status === 0)
  if (!found && process.env['CI'] === 'true') throw new Error('DCMTK is not installed')
  if (!found) console.warn('no DCMTK: the tests with it as peer are skipped')
  return found
}

export interface Finished {
  readonly code: number | null
  /** Standard output and error as they came. */
  readonly said: string
}

export function run(tool: string, ...words: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}

export interface StoreScp {
  readonly port: number
  /** The files it wrote, by name. */
  files(): ReadonlyMap<string, Buffer>
  stop(): Promise<void>
}

/** A storescp that keeps what it receives bit by bit, on a free port. */
export async function startStoreScp(...words: readonly string[]): Promise<StoreScp> {
  const folder = join(mkdtempSync(join(tmpdir(), 'clearkeep-storescp-')), 'out')
  mkdirSync(folder)
  const port = await freePort()
  const child = spawn('storescp', ['--bit-preserving', '--unique-filenames', '-od', folder, ...words, String(port)], {
    env: environment,
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await answers(port)
  return {
    port,
    files: () => new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])),
    stop: async () => {
      child.kill()
      await ended
      rmSync(join(folder, '..'), { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Tries until somebody listens: there is nothing else to wait for in a program of others. */
async function answers(port: number): Promise<void> {
  for (;;) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (connected) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
