/**
 * PostgreSQL behind the `Database` face: a pool of connections, one writing transaction of this process at a time, and
 * batches that are sent without waiting for each statement's answer (pipelined).
 *
 * Values come back as SQLite gives them: 64-bit integers and counts as numbers, booleans as 0 and 1, bytes as
 * `Uint8Array`, everything else as text.
 */
import { type CompiledQuery, Kysely } from 'kysely'
import { type CustomTypesConfig, Pool, type PoolClient, type QueryResult } from 'pg'
import type { Database } from './database.ts'
import { INDEX_MIGRATIONS, migrate, readMigrations } from './migrate.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Schema } from './schema.ts'
import { type Session, type StatementResult, sessionDialect } from './session-dialect.ts'

export interface PostgresOptions {
  /** Connections at most; one of them writes. */
  readonly connections?: number
  /** Schema the tables live in: the first of the search path. */
  readonly schema?: string
  /** Folder of the migrations to apply. */
  readonly migrations?: URL
}

/** Batch statements kept prepared on a connection; beyond, they are planned each time. */
const PREPARED = 500
/** Two processes that start at once migrate one after the other. */
const MIGRATION_LOCK = 0x434b4d49

/** Type oids of PostgreSQL's catalogue (pg_type.dat). */
const OID = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, float4: 700, float8: 701, numeric: 1700 } as const
const NUMBERS: ReadonlySet<number> = new Set([OID.int8, OID.int2, OID.int4, OID.float4, OID.float8, OID.numeric])

const TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number) => {
    if (NUMBERS.has(oid)) return Number
    if (oid === OID.bool) return (text: string) => (text === 't' ? 1 : 0)
    if (oid === OID.bytea) return bytesOf
    return String
  }) as CustomTypesConfig['getTypeParser'],
}

/** `\x` and hex digits. */
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice(2), 'hex'))

/**
 * Connects and brings the tables up to date.
 *
 * @param url  `postgres://user:password@host:port/database`
 * @throws {ArchiveError} `MIGRATION_CHANGED`
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
  const { connections = 8, schema, migrations = INDEX_MIGRATIONS } = options
  const pool = new Pool({
    connectionString: url,
    max: Math.max(2, connections),
    types: TYPES,
    pipeline: true,
    application_name: 'clearkeep',
    connectionTimeoutMillis: 10_000,
    ...(schema !== undefined && { options: `-c search_path=${schema}` }),
  })
  // An idle connection that breaks (a restart of the server) is replaced at the next use, which tells its own error.
  pool.on('error', () => {})
  try {
    await migrateWith(pool, migrations)
  } catch (thrown) {
    await pool.end()
    throw thrown
  }

  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    let name = names.get(text)
    if (name === undefined && names.size < PREPARED) {
      name = `s${names.size}`
      names.set(text, name)
    }
    return name
  }

  const clients = new Map<Session, PoolClient>()
  const acquire = async (): Promise<Session> => {
    const client = await pool.connect()
    const session = sessionOf(client, () => undefined)
    clients.set(session, client)
    return session
  }
  const release = (session: Session): void => {
    clients.get(session)?.release()
    clients.delete(session)
  }
  const read = new Kysely<Schema>({ dialect: sessionDialect('postgres', { acquire, release }) })
  const inTurn = oneAtATime()
  let ended: Promise<void> | undefined

  return {
    dialect: 'postgres',
    read,
    write: (work) =>
      inTurn(async () => {
        const client = await pool.connect()
        let broken = true
        try {
          const session = sessionOf(client, nameOf)
          const writable = new Kysely<Schema>({
            dialect: sessionDialect('postgres', { acquire: async () => session, release: () => {} }),
          })
          const result = await writable
            .transaction()
            .execute((query) =>
              work({ query, batch: async (statements) => (await session.run(statements)).map(({ rows }) => rows) }),
            )
          broken = false
          return result
        } catch (thrown) {
          broken = client.getTransactionStatus() !== 'I'
          throw thrown
        } finally {
          client.release(broken)
        }
      }),
    settle: async () => {},
    close: () => {
      ended ??= inTurn(() => pool.end())
      return ended
    },
  }
}

async function migrateWith(pool: Pool, folder: URL): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)
    await migrate(
      {
        dialect: 'postgres',
        exec: async (text) => {
          await client.query(text)
        },
        rows: async (text) => (await client.query(text)).rows,
      },
      await readMigrations(folder),
    )
  } finally {
    await client.query(`select pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => {})
    client.release()
  }
}

/** `begin` rides along with the first statements: nothing waits for its answer alone. */
function sessionOf(client: PoolClient, nameOf: (text: string) => string | undefined): Session {
  const run = async (statements: readonly CompiledQuery[]): Promise<readonly StatementResult[]> => {
    const answers = statements.map(({ sql, parameters }) => {
      const name = nameOf(sql)
      return client.query({ text: sql, values: [...parameters], ...(name !== undefined && { name }) })
    })
    // The first failure is the one that means something: those behind it only say that the transaction is aborted.
    const settled = await Promise.allSettled(answers)
    const failed = settled.find((answer) => answer.status === 'rejected')
    if (failed) throw failed.reason
    return settled.flatMap((answer) => (answer.status === 'fulfilled' ? [resultOf(answer.value)] : []))
  }
  let begun: Promise<unknown> = Promise.resolve()
  return {
    run: async (statements) => {
      const [results] = await Promise.all([run(statements), begun])
      return results
    },
    begin: async () => {
      begun = client.query('begin')
      begun.catch(() => {}) // told by the statements behind it
    },
    commit: async () => {
      const { command } = await client.query('commit')
      // PostgreSQL answers the commit of an aborted transaction with a rollback.
      if (command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back')
    },
    rollback: async () => {
      await client.query('rollback')
    },
  }
}

const resultOf = ({ rows, rowCount, command }: QueryResult): StatementResult =>
  command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) }
