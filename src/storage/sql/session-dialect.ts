/**
 * kysely over sessions: a session runs compiled statements, wherever its connection lives (a worker thread, a socket).
 * One driver serves both engines, so they differ only in who compiles and who runs.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { ArchiveError } from '../../base/errors.ts'
import type { DialectName } from './migrate.ts'

/** What one statement gave. */
export type StatementResult = QueryResult<unknown>

/** One connection held by one user; statements run in the order they were given. */
export interface Session {
  /** In one round trip; the first that fails rejects the call, and those after it have no effect. */
  run(statements: readonly CompiledQuery[]): Promise<readonly StatementResult[]>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
}

export interface Sessions {
  acquire(): Promise<Session>
  release(session: Session): void
}

class SessionConnection implements DatabaseConnection {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const [result] = await this.session.run([query])
    return result as QueryResult<Row>
  }

  // biome-ignore lint/correctness/useYield: kysely asks for an iterator; we page with limits instead of cursors
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new ArchiveError('DEFECT', { what: 'rows are paged, not streamed' })
  }
}

const sessionOf = (connection: DatabaseConnection): Session => (connection as SessionConnection).session

export function sessionDialect(name: DialectName, sessions: Sessions): Dialect {
  return {
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => new SessionConnection(await sessions.acquire()),
      beginTransaction: (connection) => sessionOf(connection).begin(),
      commitTransaction: (connection) => sessionOf(connection).commit(),
      rollbackTransaction: (connection) => sessionOf(connection).rollback(),
      releaseConnection: async (connection) => sessions.release(sessionOf(connection)),
      destroy: async () => {},
    }),
    createQueryCompiler: () => (name === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
    createAdapter: (): DialectAdapter => (name === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
    createIntrospector: (database: Kysely<unknown>) =>
      name === 'sqlite' ? new SqliteIntrospector(database) : new PostgresIntrospector(database),
  }
}
