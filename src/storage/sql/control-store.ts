/**
 * The small synchronous database behind control data (`control.db`): accounts, tokens, devices.
 *
 * It is truth and tiny, so it is a connection of its own on the caller's thread: SQLite in WAL with
 * `synchronous=FULL`, whichever engine the index runs on. The index's connections live in `database.ts`; this file
 * knows no table. Statements come from `*.queries.ts` and are prepared once each.
 */
import BetterSqlite from 'better-sqlite3'
import { ArchiveError } from '../../base/errors.ts'

export type StoredValue = string | number | null

export interface ControlStore {
  all<Row>(statement: string, ...values: readonly StoredValue[]): readonly Row[]
  one<Row>(statement: string, ...values: readonly StoredValue[]): Row | undefined
  /** Gives the number of rows changed; synced before it returns, unless inside `together`. */
  run(statement: string, ...values: readonly StoredValue[]): number
  /** All of it or nothing, with one sync. */
  together<T>(work: () => T): T
  close(): void
}

/**
 * Opens the file, making it and its tables when needed.
 *
 * @param path        file name, or `:memory:`
 * @param migrations  statements in order; each is applied once, for ever (`pragma user_version` counts them)
 * @throws {ArchiveError} `MIGRATION_CHANGED` when the file was made by a newer release
 */
export function openControlStore(path: string, migrations: readonly string[]): ControlStore {
  const connection = new BetterSqlite(path)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  const applied = Number(connection.pragma('user_version', { simple: true }))
  if (applied > migrations.length) {
    connection.close()
    throw new ArchiveError('MIGRATION_CHANGED', { name: `control ${applied}` })
  }
  for (let next = applied; next < migrations.length; next += 1)
    connection.transaction(() => {
      connection.exec(migrations[next] ?? '')
      connection.pragma(`user_version = ${next + 1}`)
    })()

  const prepared = new Map<string, BetterSqlite.Statement<StoredValue[]>>()
  const statementOf = (text: string) => {
    let statement = prepared.get(text)
    if (statement === undefined) {
      statement = connection.prepare<StoredValue[]>(text)
      prepared.set(text, statement)
    }
    return statement
  }

  return {
    all: <Row>(text: string, ...values: readonly StoredValue[]) => statementOf(text).all(...values) as Row[],
    one: <Row>(text: string, ...values: readonly StoredValue[]) => statementOf(text).get(...values) as Row | undefined,
    run: (text, ...values) => statementOf(text).run(...values).changes,
    together: (work) => connection.transaction(work).immediate(),
    close: () => connection.close(),
  }
}

/** The whole database as a file's bytes, as of one moment, whoever else writes to it. */
export function controlBytes(path: string): Uint8Array {
  const connection = new BetterSqlite(path, { readonly: true })
  try {
    return connection.serialize()
  } finally {
    connection.close()
  }
}
