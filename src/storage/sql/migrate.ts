/**
 * Migrations: numbered SQL files, each applied once, in order, in a transaction of its own. The digest of what was
 * applied is kept, so a file that was edited after its release, or a database from a newer release, is refused instead
 * of trusted.
 *
 * The files are written in the subset both engines share; three words differ and are filled in here.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { ArchiveError } from '../../base/errors.ts'

export type DialectName = 'sqlite' | 'postgres'

/** What the words in double braces stand for. */
const WORDS: Readonly<Record<DialectName, Readonly<Record<string, string>>>> = {
  sqlite: { key: 'text', bigint: 'integer', blob: 'blob' },
  // Text in PostgreSQL sorts by the database's locale; keys must sort by bytes, as they do in SQLite.
  postgres: { key: 'text collate "C"', bigint: 'bigint', blob: 'bytea' },
}

export interface Migration {
  /** `0001-index` */
  readonly name: string
  readonly text: string
}

/** A connection as far as migrating needs one: texts of several statements, and rows of one. */
export interface Migrating {
  readonly dialect: DialectName
  exec(text: string): Promise<void>
  rows(text: string): Promise<readonly unknown[]>
}

export const INDEX_MIGRATIONS = new URL('./migrations/', import.meta.url)

/** The numbered files of a folder, in order. */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => ({
      name: name.replace(/\.sql$/, ''),
      text: await readFile(new URL(name, folder), 'utf8'),
    })),
  )
}

/** @throws {ArchiveError} `DEFECT` when the text holds a word in braces that is not in the table */
export function inDialect(dialect: DialectName, text: string): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    const stands = WORDS[dialect][word]
    if (stands === undefined) throw new ArchiveError('DEFECT', { what: `unknown word ${word} in a migration` })
    return stands
  })
}

/**
 * Applies what is missing.
 *
 * @throws {ArchiveError} `MIGRATION_CHANGED` when an applied migration is not among these, or not the same
 */
export async function migrate(connection: Migrating, migrations: readonly Migration[]): Promise<void> {
  const { dialect } = connection
  await connection.exec(
    inDialect(dialect, 'create table if not exists migrations (name {{key}} primary key, digest {{key}} not null)'),
  )
  const applied = (await connection.rows('select name, digest from migrations order by name')) as readonly {
    readonly name: string
    readonly digest: string
  }[]
  const known = new Map(migrations.map(({ name, text }) => [name, digestOf(text)]))
  for (const { name, digest } of applied)
    if (known.get(name) !== digest) throw new ArchiveError('MIGRATION_CHANGED', { name })

  const done = new Set(applied.map(({ name }) => name))
  for (const { name, text } of migrations.filter(({ name }) => !done.has(name))) {
    const note = `insert into migrations (name, digest) values ('${name}', '${digestOf(text)}')`
    try {
      await connection.exec(`begin; ${inDialect(dialect, text)}; ${note}; commit`)
    } catch (thrown) {
      await connection.exec('rollback').catch(() => {}) // the first failure is the one to tell
      throw thrown
    }
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
