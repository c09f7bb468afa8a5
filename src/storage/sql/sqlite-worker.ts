/**
 * The thread a SQLite connection lives in: takes statements as messages, answers with rows as arrays.
 *
 * Message passing copies, so as little as possible is passed: a statement's text crosses once and is then a number,
 * rows carry no column names. The thread keeps each statement prepared. `sqlite.ts` is the other end.
 */
import { parentPort, workerData } from 'node:worker_threads'
import Connection, { type Statement } from 'better-sqlite3'

export interface WorkerOptions {
  readonly path: string
  readonly readonly: boolean
  readonly synchronous: 'normal' | 'full'
  /** Page cache, in KiB. */
  readonly cacheKiB: number
}

export interface Request {
  readonly id: number
  /** Statements whose numbers are new: `[number, text]`. */
  readonly texts: readonly (readonly [number, string])[]
  /** All numbers given before lose their meaning first: the other end's table was full. */
  readonly forget?: boolean
  readonly begin?: boolean
  /** Number and parameters of each statement to run. */
  readonly statements: readonly (readonly [number, readonly unknown[]])[]
  readonly end?: 'commit' | 'rollback'
  /** Instead of all the above: a text of several statements. */
  readonly exec?: string
  readonly close?: boolean
}

/** Column names and rows of a statement that gives rows; of another, the number of rows it changed. */
export type StatementAnswer =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }
  | number

export type Answer =
  | { readonly id: number; readonly answers: readonly StatementAnswer[] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | undefined } }

interface Prepared {
  readonly statement: Statement<unknown[]>
  readonly columns: readonly string[] | undefined
}

if (parentPort === null) throw new Error('sqlite-worker runs as a worker thread')
const port = parentPort
const { path, readonly, synchronous, cacheKiB } = workerData as WorkerOptions

const connection = new Connection(path, { readonly, timeout: 10_000 })
if (!readonly) {
  connection.pragma('journal_mode = WAL')
  connection.pragma(`synchronous = ${synchronous}`)
  // A checkpoint syncs the database file: less often, so that it seldom falls into a group's way.
  connection.pragma('wal_autocheckpoint = 4000')
  connection.pragma('journal_size_limit = 67108864')
  connection.pragma('foreign_keys = ON')
  // What is deleted is overwritten: a study that was destroyed leaves nothing in the file.
  connection.pragma('secure_delete = ON')
}
connection.pragma(`cache_size = -${cacheKiB}`)
connection.pragma('temp_store = MEMORY')

const prepared = new Map<number, Prepared>()
/**
 * A statement of the open transaction failed. SQLite may have rolled back by itself, so whatever comes before the next
 * `begin` or `rollback` would run outside it; refused, as PostgreSQL does.
 */
let broken = false

function prepare(text: string): Prepared {
  const statement = connection.prepare<unknown[]>(text)
  if (!statement.reader) return { statement, columns: undefined }
  const columns = statement.columns().map(({ name }) => name)
  return { statement: statement.raw(true), columns }
}

function run(number: number, parameters: readonly unknown[]): StatementAnswer {
  const found = prepared.get(number)
  if (found === undefined) throw new Error(`no statement ${number}`)
  const values = parameters.some((value) => typeof value === 'boolean') ? parameters.map(withoutBooleans) : parameters
  if (found.columns === undefined) return found.statement.run(...values).changes
  return { columns: found.columns, rows: found.statement.all(...values) as unknown[][] }
}

const withoutBooleans = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value)

function answer(request: Request): readonly StatementAnswer[] {
  if (request.exec !== undefined) {
    connection.exec(request.exec)
    return []
  }
  if (request.forget) prepared.clear()
  if (request.begin || request.end === 'rollback') broken = false
  if (broken) throw new Error('the transaction has failed and can only be rolled back')
  if (request.begin) connection.exec('begin immediate')
  for (const [number, text] of request.texts) prepared.set(number, prepare(text))
  const answers = request.statements.map(([number, parameters]) => run(number, parameters))
  if (request.end === 'commit') connection.exec('commit')
  else if (request.end === 'rollback' && connection.inTransaction) connection.exec('rollback')
  return answers
}

port.on('message', (request: Request) => {
  if (request.close) {
    connection.close()
    port.close()
    return
  }
  let reply: Answer
  try {
    reply = { id: request.id, answers: answer(request) }
  } catch (thrown) {
    broken = request.end !== 'rollback' && (request.begin === true || connection.inTransaction || broken)
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    reply = { id: request.id, error: { message: error.message, code: (error as NodeJS.ErrnoException).code } }
  }
  port.postMessage(reply)
})
