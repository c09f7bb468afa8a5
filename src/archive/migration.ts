/**
 * A migration from another archive as the log has it: that it was begun, and the digest of its report, so that the log's key
 * vouches for the report as it does for the answers of an audit (decision 0024). The migration itself is `cli/migrate/`.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { TransparencyLog } from '../ledger/log/log.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import { leafSaying } from './questions/questions.queries.ts'

export interface MigrationReportAsk {
  /** `AET@host:port` of the old archive. */
  readonly source: string
  readonly run: number
  /** Of the report's lines before the one that seals them, hex. */
  readonly sha256: string
  readonly counts: Readonly<Record<string, number>>
}

/** The entry that tells of a report, with its proof: the report's last line. */
export interface Seal {
  readonly n: number
  readonly leaf: string
  readonly body: string
  readonly salt: string
  readonly proof: string
}

export interface Migrations {
  beginMigration(
    context: Context,
    ask: Pick<MigrationReportAsk, 'source' | 'run'>,
  ): Promise<{ readonly keys: readonly string[]; readonly software: string }>
  sealMigration(context: Context, ask: MigrationReportAsk): Promise<Seal>
}

export function openMigrations({
  db,
  acts,
  ledger,
  version,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'proof' | 'key' | 'years'>
  readonly version: string
}): Migrations {
  return {
    beginMigration: async (context, { source, run }) => {
      await admit(acts, context, 'store')
      await acts.event(context, { type: 'mig.begin', action: 'E', outcome: 0, detail: { source, run } }, 'now')
      return { keys: ledger.years().flatMap((year) => ledger.key(year) ?? []), software: `Clearkeep ${version}` }
    },
    sealMigration: async (context, { source, run, sha256, counts }) => {
      await admit(acts, context, 'store')
      const before = ledger.state.leaves - 1
      await acts.event(
        context,
        { type: 'mig.report', action: 'C', outcome: 0, detail: { source, run, sha256, counts: { ...counts } } },
        'now',
      )
      await ledger.sign()
      const row = await leafSaying(db, 'mig.report', before, sha256)
      const proof = row && (await ledger.proof(Number(row.n)))
      if (row === undefined || proof === undefined)
        throw new ArchiveError('DEFECT', { what: 'a report was journaled and is not in the index' })
      return { n: Number(row.n), leaf: row.leaf, body: row.body, salt: row.salt, proof }
    },
  }
}
