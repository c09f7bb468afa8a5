/**
 * Writes `docs/schema.sql`: the whole schema of the index as the migrations make it, asked of SQLite itself, so that one
 * page shows what a row of migrations adds up to.
 */
import Connection from 'better-sqlite3'
import { INDEX_MIGRATIONS, inDialect, readMigrations } from '../src/storage/sql/migrate.ts'
import type { Generated } from './generate.ts'

interface Made {
  readonly type: string
  readonly name: string
  readonly tbl_name: string
  readonly sql: string
}

export async function generateSchema(): Promise<Generated> {
  const migrations = await readMigrations(INDEX_MIGRATIONS)
  const connection = new Connection(':memory:')
  try {
    for (const { text } of migrations) connection.exec(inDialect('sqlite', text))
    const made = connection
      .prepare<[], Made>('select type, name, tbl_name, sql from sqlite_schema where sql is not null order by rowid')
      .all()
    const tables = made.filter(({ type }) => type === 'table')
    const parts = tables.map(({ name, sql }) =>
      [sql, ...made.filter(({ type, tbl_name }) => type !== 'table' && tbl_name === name).map((other) => other.sql)]
        // SQLite keeps the text but writes the first words in capitals.
        .map(
          (statement) => `${statement.replace(/^CREATE (?:UNIQUE )?(?:TABLE|INDEX)/, (words) => words.toLowerCase())};`,
        )
        .join('\n'),
    )
    const head = `-- Generated from src/storage/sql/migrations by tools/generate-schema.ts. Do not edit: npm run generate
--
-- The index as SQLite has it after ${migrations.map(({ name }) => name).join(', ')}.
-- PostgreSQL has the same with bigint for integer, bytea for blob, and keys that collate "C".`
    return new Map([['docs/schema.sql', `${[head, ...parts].join('\n\n')}\n`]])
  } finally {
    connection.close()
  }
}
