/** Shapes of `/api/migrations`: what `clearkeep migrate` tells the log. */
import { z } from 'zod'
import { words } from './holds.ts'

export const BeginMigration = z.object({ source: words(200), run: z.number().int().min(1) })
export const MigrationBegun = z.object({
  /** Verifier keys of the log. */
  keys: z.array(z.string()),
  software: z.string(),
})

export const SealMigration = BeginMigration.extend({
  /** Of the report's lines, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  counts: z.record(z.string().max(40), z.number()),
})
/** The entry that tells of the report, with its proof. */
export const MigrationSeal = z.object({
  n: z.number(),
  leaf: z.string(),
  body: z.string(),
  salt: z.string(),
  proof: z.string(),
})
export type MigrationSeal = z.infer<typeof MigrationSeal>
