/**
 * The audit search: who did what, when, to which patient and study. Reading the log is itself an act (PS3.15 A.5.3.2),
 * and its leaf is synced before anything is answered: what is found names people.
 */
import type { Context } from '../base/context.ts'
import { type AuditPage, auditPage, patientKeys } from '../ledger/audit.queries.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, AuditQuery } from './archive.ts'

/** Events given at once. */
const MOST = 500

export function openAudit({ db, acts }: { readonly db: Database; readonly acts: Acts }): Pick<Archive, 'audit'> {
  return {
    audit: async (context: Context, query: AuditQuery) => {
      await admit(acts, context, 'audit.see')
      const { patientId, limit, ...asked } = query
      const most = Math.max(1, Math.min(limit, MOST))
      const page: AuditPage = {
        ...asked,
        ...(patientId !== undefined && { patients: await patientKeys(db, patientId) }),
        limit: most + 1,
      }
      const rows = await auditPage(db, page)
      const events = rows.slice(0, most).map((row) => ({ ...row, n: Number(row.n) }))
      const detail = { what: 'search', asked: { ...asked, patientId }, results: events.length }
      await acts.event(context, { type: 'aud.110101', action: 'R', outcome: 0, detail }, 'now')
      return { events, next: rows.length > most ? events.at(-1)?.n : undefined }
    },
  }
}
