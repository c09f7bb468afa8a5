/** A fresh index on each engine the archive runs on, for contracts; all are gone when the tests end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../src/storage/sql/database.ts'
import { openPostgres } from '../../src/storage/sql/postgres.ts'
import { openSqlite } from '../../src/storage/sql/sqlite.ts'
import { freshPostgres, stopPostgres } from './postgres.ts'

let folder: string | undefined
let files = 0

/** Call the second to get one; closing it is the caller's. */
export const indexOn: readonly (readonly [name: string, open: () => Promise<Database>])[] = [
  [
    'SQLite',
    () => {
      folder ??= mkdtempSync(join(tmpdir(), 'clearkeep-index-'))
      files += 1
      return openSqlite(join(folder, `index-${files}.db`))
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const { url } = await freshPostgres()
      return openPostgres(url)
    },
  ],
]

export async function removeIndexes(): Promise<void> {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = undefined
  await stopPostgres()
}
