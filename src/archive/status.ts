/**
 * What people look after: conflicts to settle, how much there is, and whether the archive takes more.
 */
import type { Context } from '../base/context.ts'
import type { TransparencyLog } from '../ledger/log/log.ts'
import type { Stamping, StampState } from '../ledger/log/stamping.ts'
import type { Witnessing, WitnessState } from '../ledger/log/witnessing.ts'
import type { Reporting, RepositoryState } from '../ledger/repository/reporting.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, ArchiveStatus, Conflict, CopyState, FixityState } from './archive.ts'
import { instanceRecord } from './instance-record.ts'
import type { JournalWriter } from './journal-writer.ts'
import { openGuard } from './restrictions/guard.ts'
import type { Space } from './space.ts'
import { conflicts, instancesById, oldestReceived, totals } from './status.queries.ts'

export interface StatusParts {
  readonly db: Database
  readonly inbox: Inbox
  readonly writer: JournalWriter
  readonly space: Space
  readonly acts: Acts
  readonly ledger: TransparencyLog
  readonly witnessing: Witnessing
  readonly stamping: Stamping
  readonly reporting: Reporting
  readonly fixity: () => FixityState
  readonly copies: () => readonly CopyState[]
  readonly reserveBytes: number
}

/** Who is told of the log, and what they have made of it. */
export interface LogFollowers {
  readonly witnesses: readonly WitnessState[]
  readonly stamps: StampState | null
  readonly repositories: readonly RepositoryState[]
}

/** Conflicts given at once: a person looks at the newest, and settling them makes room for others. */
const MOST_CONFLICTS = 1000

export function openStatus({
  db,
  inbox,
  writer,
  space,
  acts,
  ledger,
  witnessing,
  stamping,
  reporting,
  fixity,
  copies,
  reserveBytes,
}: StatusParts): Pick<Archive, 'conflicts' | 'status'> {
  return {
    conflicts: async (context: Context): Promise<readonly Conflict[]> => {
      await admit(acts, context, 'conflicts.see')
      const rows = await conflicts(db, MOST_CONFLICTS)
      const ids = [...new Set(rows.flatMap((row) => [Number(row.kept_id), Number(row.other_id)]))]
      const records = new Map((await instancesById(db, ids)).map((row) => [Number(row.id), instanceRecord(row)]))
      const conflicting = rows.flatMap((row): readonly Conflict[] => {
        const kept = records.get(Number(row.kept_id))
        const other = records.get(Number(row.other_id))
        if (kept === undefined || other === undefined) return []
        const kind = row.kind === 'patient' ? 'patient' : 'instance'
        return [{ id: Number(row.id), kind, key: other.key, kept, other, raisedAt: row.raised_at }]
      })
      return openGuard({ db, acts }).rows(context, conflicting, ({ kept, other }) => ({
        studies: [kept.key.study, other.key.study],
      }))
    },
    status: async (context: Context): Promise<ArchiveStatus> => {
      await admit(acts, context, 'status.see')
      const freeBytes = await space.free()
      return {
        ...(await totals(db)),
        freeBytes,
        accepting: !writer.failing && freeBytes > reserveBytes,
        damage: inbox.damage.length,
        inboxBytes: await inbox.size(),
        oldest: await oldestReceived(db),
        fixity: fixityFigures(fixity()),
        copies: copies(),
        log: {
          ...ledger.state,
          witnesses: witnessing.state,
          stamps: stamping.state ?? null,
          repositories: await reporting.state(),
        },
      }
    },
  }
}

const fixityFigures = ({ ended, mended, damaged }: FixityState): ArchiveStatus['fixity'] => ({
  ended,
  mended,
  damaged: damaged.length,
  harmed: damaged.reduce((sum, { harmed }) => sum + harmed.length, 0),
})
