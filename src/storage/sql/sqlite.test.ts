import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseContract } from '../../../test/contract/database.contract.ts'
import { openSqlite } from './sqlite.ts'

databaseContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearkeep-sqlite-'))
  return {
    open: (migrations) =>
      openSqlite(join(folder, 'index.db'), { readers: 2, ...(migrations !== undefined && { migrations }) }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})
