import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findContract } from '../../test/contract/find.contract.ts'
import { openSqlite } from '../storage/sql/sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-find-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

findContract('SQLite', () => openSqlite(join(folder, 'index.db')))
