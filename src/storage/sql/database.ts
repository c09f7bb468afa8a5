/**
 * The database as the rooms see it: kysely over SQLite or PostgreSQL, plus the one thing kysely lacks, a batch of
 * prepared statements in one round trip (the SQLite connection lives in a worker thread, PostgreSQL across a socket).
 *
 * SQL is written only in `*.queries.ts` and in `migrations/`.
 */
import type { CompiledQuery, Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  /** Reads; never waits for the writer. */
  readonly read: Kysely<Schema>
  /**
   * One writing transaction at a time. It commits when `work` returns and rolls back when it throws. `work` may wait
   * for other things before it returns (intake waits for the journal's sync): the transaction stays open meanwhile.
   */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>
  /** Brings what was written into its own files: nothing of it stays in a log of writes. SQLite; elsewhere nothing. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface Writer {
  readonly query: Transaction<Schema>
  /** Runs compiled statements in order in one round trip; gives each one's rows. */
  batch(statements: readonly CompiledQuery[]): Promise<readonly (readonly unknown[])[]>
}
