/**
 * The audit search: who did what, when, to which patient and study. Reading the log is itself an act (PS3.15 A.5.3.2),
 * and its leaf is synced before anything is answered: what is found names people.
 */
import type { Context } from '../base/context.ts'
import { type AuditPage, auditPage, patientKeys } from '../ledger/audit.queries.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, AuditAnswer, AuditFound, AuditQuery } from './archive.ts'
import { keysOfAll } from './persons/persons.queries.ts'
import { sightOf } from './restrictions/guard.ts'
import { emergencyPatients, eventInSight } from './restrictions/restrictions.queries.ts'

/** Events given at once. */
const MOST = 500

export function openAudit({ db, acts }: { readonly db: Database; readonly acts: Acts }): Pick<Archive, 'audit'> {
  return {
    audit: async (context: Context, query: AuditQuery) => {
      await admit(acts, context, 'audit.see')
      const { patientId, limit, fits, purpose, ...asked } = query
      const most = Math.max(1, Math.min(limit, MOST))
      const sight = sightOf(context)
      const named = patientId === undefined ? undefined : await keysOfAll(db, await patientKeys(db, patientId))
      // What is done in an emergency is about a patient of one: bodies of others need not be looked at.
      const urgent = purpose === undefined ? undefined : await emergencyPatients(db)
      const patients =
        urgent === undefined ? named : [...urgent].filter((key) => named === undefined || named.includes(key))
      const test = (event: AuditFound) =>
        (fits === undefined || fits.test(event)) && (purpose === undefined || purposeOf(event) === purpose)
      const page: AuditPage = {
        ...asked,
        // An act is about a study, a patient, both or none.
        ...(sight !== undefined && {
          only: eventInSight(sight),
        }),
        // A list of none finds nothing.
        ...(patients !== undefined && { patients: patients.length === 0 ? [NO_PATIENT] : patients }),
        limit: most + 1,
      }
      const { events, next } =
        fits === undefined && purpose === undefined ? await onePage(db, page, most) : await sifted(db, page, most, test)
      const detail = {
        what: 'search',
        asked: { ...asked, patientId, purpose, fits: fits?.asked },
        results: events.length,
      }
      await acts.event(context, { type: 'aud.110101', action: 'R', outcome: 0, detail }, 'now')
      return { events, next }
    },
  }
}

/** No key of a patient: keys have a separator. */
const NO_PATIENT = 'nobody'

const purposeOf = ({ body }: AuditFound): unknown =>
  (JSON.parse(body) as { readonly purposeOfUse?: unknown }).purposeOfUse

async function onePage(db: Database, page: AuditPage, most: number): Promise<AuditAnswer> {
  const rows = await auditPage(db, page)
  const events = rows.slice(0, most).map((row) => ({ ...row, n: Number(row.n) }))
  return { events, next: rows.length > most ? events.at(-1)?.n : undefined }
}

/** Events looked at for one answer: what was not reached is asked for with `before`. */
const MOST_SIFTED = 5000

/** Those that fit, so far as one looks at a time: fewer than asked for may come although there are more. */
async function sifted(
  db: Database,
  page: AuditPage,
  most: number,
  fits: (event: AuditFound) => boolean,
): Promise<AuditAnswer> {
  const events: AuditFound[] = []
  let before = page.before
  for (let seen = 0; seen < MOST_SIFTED; ) {
    const { events: some, next } = await onePage(db, { ...page, before, limit: MOST + 1 }, MOST)
    for (const event of some) {
      if (!fits(event)) continue
      events.push(event)
      if (events.length === most) return { events, next: event.n }
    }
    if (next === undefined) return { events, next: undefined }
    seen += some.length
    before = next
  }
  return { events, next: before }
}
