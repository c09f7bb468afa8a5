/** `/api/migrations`: what `clearkeep migrate` tells the log, and the proof its report ends with. */
import { BeginMigration, MigrationBegun, MigrationSeal, SealMigration } from '../../api/migrations.ts'
import type { Migrations } from '../../archive/migration.ts'
import { type Route, route } from '../routes.ts'

export function migrationRoutes(archive: Migrations): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/migrations',
      act: 'store',
      says: 'Tells the log that a migration from another archive begins.',
      body: BeginMigration,
      answers: [{ status: 200, says: 'The keys of the log.', shape: MigrationBegun }],
      handle: async ({ context, body }) => {
        const { keys, software } = await archive.beginMigration(context, body)
        return { keys: [...keys], software }
      },
    }),
    route({
      method: 'POST',
      url: '/api/migrations/report',
      act: 'store',
      says: 'Puts the digest of a migration’s report into the log, and gives the entry with its proof.',
      body: SealMigration,
      answers: [{ status: 200, says: 'The entry.', shape: MigrationSeal }],
      handle: ({ context, body }) => archive.sealMigration(context, body),
    }),
  ]
}
