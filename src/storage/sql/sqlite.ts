/**
 * SQLite behind the `Database` face: one writing connection and one or more reading ones, each in a worker thread, so
 * that neither a commit nor a long query stops the loop that serves sockets (WAL: readers never wait for the writer).
 *
 * The index runs with `synchronous=NORMAL`: what an acknowledgement waits for is the journal (decision 0002).
 */
import { Worker } from 'node:worker_threads'
import { type CompiledQuery, Kysely } from 'kysely'
import type { Database } from './database.ts'
import { INDEX_MIGRATIONS, migrate, readMigrations } from './migrate.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Schema } from './schema.ts'
import { type Session, type StatementResult, sessionDialect } from './session-dialect.ts'
import type { Answer, Request, StatementAnswer, WorkerOptions } from './sqlite-worker.ts'

export interface SqliteOptions {
  /** Reading connections, each with a thread of its own. */
  readonly readers?: number
  readonly synchronous?: 'normal' | 'full'
  /** Folder of the migrations to apply. */
  readonly migrations?: URL
}

/** Statements a connection keeps prepared; beyond, it begins anew. */
const PREPARED = 500
const CACHE_KIB = { writer: 16_384, reader: 8192 }

/** An error SQLite reported, with its code (`SQLITE_FULL`, `SQLITE_CONSTRAINT_UNIQUE` …). */
export class SqliteFailure extends Error {
  readonly code: string | undefined

  constructor(message: string, code: string | undefined) {
    super(message)
    this.name = 'SqliteFailure'
    this.code = code
  }
}

/**
 * Opens the file, making it and its tables when needed.
 *
 * @throws {ArchiveError} `MIGRATION_CHANGED`
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Database> {
  const { readers = 1, synchronous = 'normal', migrations = INDEX_MIGRATIONS } = options
  const writer = startThread({ path, readonly: false, synchronous, cacheKiB: CACHE_KIB.writer })
  const reading: Thread[] = []
  try {
    await migrate(
      {
        dialect: 'sqlite',
        exec: async (exec) => {
          await writer.ask({ exec })
        },
        rows: async (text) => (await writer.run([raw(text)]))[0]?.rows ?? [],
      },
      await readMigrations(migrations),
    )
    // Readers open the file read-only, so the writer makes it first.
    for (let count = 0; count < readers; count += 1)
      reading.push(startThread({ path, readonly: true, synchronous, cacheKiB: CACHE_KIB.reader }))
  } catch (thrown) {
    await writer.close()
    throw thrown
  }

  const sessions = reading.map(readSession)
  const leastBusy = (): Session => {
    let best = 0
    for (let at = 1; at < reading.length; at += 1)
      if ((reading[at]?.waiting ?? 0) < (reading[best]?.waiting ?? 0)) best = at
    return sessions[best] as Session
  }
  const read = new Kysely<Schema>({
    dialect: sessionDialect('sqlite', { acquire: async () => leastBusy(), release: () => {} }),
  })
  const writing = writeSession(writer)
  const writable = new Kysely<Schema>({
    dialect: sessionDialect('sqlite', { acquire: async () => writing, release: () => {} }),
  })
  const inTurn = oneAtATime()

  return {
    dialect: 'sqlite',
    read,
    write: (work) =>
      inTurn(() =>
        writable
          .transaction()
          .execute((query) =>
            work({ query, batch: async (statements) => (await writing.run(statements)).map(({ rows }) => rows) }),
          ),
      ),
    settle: () => inTurn(async () => void (await writer.ask({ exec: 'pragma wal_checkpoint(truncate)' }))),
    close: async () => {
      await inTurn(async () => {})
      await Promise.all(reading.map((thread) => thread.close()))
      await writer.close()
    },
  }
}

const raw = (sql: string): CompiledQuery => ({ sql, parameters: [] }) as unknown as CompiledQuery

const readSession = (thread: Thread): Session => ({
  run: (statements) => thread.run(statements),
  begin: () => Promise.reject(new SqliteFailure('reading connections hold no transaction', 'SQLITE_READONLY')),
  commit: async () => {},
  rollback: async () => {},
})

/** `begin` rides along with the first statements, so a transaction of one batch costs two messages. */
function writeSession(thread: Thread): Session {
  let state: 'idle' | 'asked' | 'open' = 'idle'
  let failure: unknown
  return {
    run: async (statements) => {
      if (failure !== undefined) throw failure
      const begin = state === 'asked'
      if (begin) state = 'open'
      try {
        return await thread.run(statements, { begin })
      } catch (thrown) {
        failure ??= thrown
        throw thrown
      }
    },
    begin: async () => {
      state = 'asked'
      failure = undefined
    },
    commit: async () => {
      if (failure !== undefined) throw failure
      if (state === 'open') await thread.run([], { end: 'commit' })
      state = 'idle'
    },
    rollback: async () => {
      const open = state === 'open'
      state = 'idle'
      failure = undefined
      if (open) await thread.run([], { end: 'rollback' })
    },
  }
}

interface Thread {
  /** Requests not yet answered. */
  readonly waiting: number
  ask(request: Partial<Request>): Promise<readonly StatementAnswer[]>
  run(
    statements: readonly CompiledQuery[],
    around?: { readonly begin?: boolean; readonly end?: 'commit' | 'rollback' },
  ): Promise<readonly StatementResult[]>
  close(): Promise<void>
}

function startThread(options: WorkerOptions): Thread {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: options })
  const pending = new Map<
    number,
    { resolve: (answers: readonly StatementAnswer[]) => void; reject: (error: unknown) => void }
  >()
  const numbers = new Map<string, number>()
  let nextId = 0
  let nextNumber = 0
  let dead: Error | undefined
  let closing = false

  const settle = (id: number) => {
    const found = pending.get(id)
    pending.delete(id)
    // An idle connection keeps no process alive.
    if (pending.size === 0 && !closing) worker.unref()
    return found
  }
  worker.on('message', (answer: Answer) => {
    const waiter = settle(answer.id)
    if ('error' in answer) waiter?.reject(new SqliteFailure(answer.error.message, answer.error.code))
    else waiter?.resolve(answer.answers)
  })
  const end = (error: Error): void => {
    dead ??= error
    for (const id of [...pending.keys()]) settle(id)?.reject(dead)
  }
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => end(new SqliteFailure('the database is closed', 'SQLITE_MISUSE')))
  worker.unref()

  const ask = (request: Partial<Request>): Promise<readonly StatementAnswer[]> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead)
      if (closing) return reject(new SqliteFailure('the database is closed', 'SQLITE_MISUSE'))
      nextId += 1
      pending.set(nextId, { resolve, reject })
      if (pending.size === 1) worker.ref()
      worker.postMessage({ id: nextId, texts: [], statements: [], ...request })
    })

  return {
    get waiting() {
      return pending.size
    },
    ask,
    run: async (statements, around = {}) => {
      const texts: [number, string][] = []
      const forget = numbers.size > PREPARED
      if (forget) numbers.clear()
      const numbered = statements.map(({ sql, parameters }): [number, readonly unknown[]] => {
        let number = numbers.get(sql)
        if (number === undefined) {
          nextNumber += 1
          number = nextNumber
          numbers.set(sql, number)
          texts.push([number, sql])
        }
        return [number, parameters]
      })
      try {
        return (await ask({ texts, forget, statements: numbered, ...around })).map(resultOf)
      } catch (thrown) {
        // Texts that came with a failed request may never have been prepared.
        for (const [, text] of texts) numbers.delete(text)
        throw thrown
      }
    },
    close: async () => {
      if (closing) return
      closing = true
      if (dead) return
      worker.ref()
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage({ id: 0, texts: [], statements: [], close: true } satisfies Request)
      await exited
    },
  }
}

function resultOf(answer: StatementAnswer): StatementResult {
  if (typeof answer === 'number') return { rows: [], numAffectedRows: BigInt(answer) }
  const { columns } = answer
  const rows = answer.rows.map((values) => {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < columns.length; at += 1) row[columns[at] as string] = values[at]
    return row
  })
  return { rows }
}
