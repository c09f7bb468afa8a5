import { afterAll } from 'vitest'
import { databaseContract } from '../../../test/contract/database.contract.ts'
import { freshPostgres, stopPostgres } from '../../../test/support/postgres.ts'
import { openPostgres } from './postgres.ts'

afterAll(stopPostgres)

databaseContract('PostgreSQL', async () => {
  const { url, drop } = await freshPostgres()
  return { open: (migrations) => openPostgres(url, { ...(migrations !== undefined && { migrations }) }), remove: drop }
})
