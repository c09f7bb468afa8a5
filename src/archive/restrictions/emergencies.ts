/**
 * Breaking the glass (compliance specification 5.3): somebody who is not on the list opens one patient's images in an
 * emergency, with a reason, for hours at most. It is told of at once, everything done meanwhile carries the purpose BTG, and
 * a privacy officer looks at it afterwards. Whoever opens images of somebody who is watched is looked at as well.
 */
import { type Context, pseudonym } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { patientKey, splitPatientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { AccessReviewsTable, EmergenciesTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { EmergencyCause } from './access-rows.ts'
import { sightOf } from './guard.ts'
import type { Emergency, Restricting, Review } from './restricting.ts'
import {
  anyHiddenOf,
  countWaiting,
  coveredAmong,
  emergenciesSince,
  emergencyRow,
  lastingEmergencies,
  patientsCalled,
  reviewRow,
  someReviews,
} from './restrictions.queries.ts'
import { journalAccess, nameOf } from './restrictions.ts'

/** No emergency lasts longer (compliance specification 5.3). */
export const LONGEST_MINUTES = 240
const LOOK_EVERY_MS = 5000
const NEWEST = 500
const REVIEW_WORKING_DAYS = 5
const REPEATED_DAYS = 90
const DAY_MS = 86_400_000

export interface Emergencies
  extends Pick<Restricting, 'breakGlass' | 'endEmergency' | 'emergencies' | 'accessReviews' | 'review'> {
  /** HL7 ActReason of what this person does with this patient now; undefined: nothing out of the ordinary. */
  purpose(actor: string, patient: string): 'BTG' | undefined
  /** Images of a study are opened by somebody: of a patient who is watched that is looked at. */
  opened(context: Context, study: string, patient: string): Promise<void>
  close(): void
}

export async function openEmergencies({
  db,
  acts,
  itself,
  complain,
}: {
  readonly db: Database
  readonly acts: Acts
  /** As whom the archive ends what is over. */
  readonly itself: Context
  readonly complain: (facts: object, message: string) => void
}): Promise<Emergencies> {
  const inTurn = oneAtATime()
  const keyOf = (actor: string, patient: string) => `${actor}\n${patient}`
  /** Those that last, by person and patient: asked for every act about a patient. */
  const lasting = new Map<string, EmergenciesTable>()
  for (const row of await lastingEmergencies(db)) lasting.set(keyOf(row.actor, row.patient_key), row)

  const end = (context: Context, row: EmergenciesTable, why: 'person' | 'time') =>
    inTurn(async () => {
      const now = await emergencyRow(db, Number(row.id))
      if (now === undefined || now.ended_at !== '') return
      await journalAccess(
        acts,
        context,
        {
          v: 1,
          op: 'end',
          emergency: Number(row.id),
          why,
          by: nameOf(context.principal),
          at: context.now().toISOString(),
        },
        { patient: row.patient_key },
      )
      const key = keyOf(row.actor, row.patient_key)
      if (Number(lasting.get(key)?.id) === Number(row.id)) lasting.delete(key)
    })

  /** What is over by time is said to be over: PS3.15 CID 401 has a code for it. */
  const sweep = (): void => {
    const now = itself.now().toISOString()
    for (const row of [...lasting.values()])
      if (row.until <= now)
        end(itself, row, 'time').catch((thrown: unknown) =>
          complain({ error: String(thrown) }, 'the end of an emergency was not recorded'),
        )
  }
  const timer = setInterval(sweep, LOOK_EVERY_MS).unref()

  const reviewsOf = async (context: Context, rows: readonly AccessReviewsTable[]): Promise<readonly Review[]> => {
    const since = new Date(context.now().getTime() - REPEATED_DAYS * DAY_MS).toISOString()
    const times = await emergenciesSince(db, [...new Set(rows.map(({ actor }) => actor))], since)
    return rows.map((row) => ({
      id: Number(row.id),
      kind: row.kind === 'watched' ? 'watched' : 'emergency',
      who: row.name,
      actor: row.actor,
      patient: row.patient_key,
      study: row.study_uid,
      reason: row.reason,
      at: row.raised_at,
      dueOn: dueOn(row.raised_at),
      times: times.get(row.actor) ?? 0,
      reviewed:
        row.reviewed_at === ''
          ? undefined
          : {
              by: row.reviewed_by,
              at: row.reviewed_at,
              outcome: row.outcome === 'justified' ? 'justified' : 'unjustified',
              words: row.words,
            },
    }))
  }

  return {
    purpose: (actor, patient) => {
      const row = lasting.get(keyOf(actor, patient))
      return row !== undefined && row.until > itself.now().toISOString() ? 'BTG' : undefined
    },

    opened: async (context, study, patient) => {
      if (!(await coveredAmong(db, [study], 'watched')).has(study)) return
      await journalAccess(
        acts,
        context,
        {
          v: 1,
          op: 'opened',
          actor: pseudonym(context.principal),
          patient,
          study,
          by: nameOf(context.principal),
          at: context.now().toISOString(),
        },
        { study, patient },
      )
    },

    breakGlass: async (context, { patientId, issuer, cause, reason, minutes }) => {
      await admit(acts, context, 'emergency')
      const sight = sightOf(context)
      const named = issuer === undefined ? await patientsCalled(db, patientId) : [patientKey(issuer, patientId)]
      const hidden: string[] = []
      for (const key of named) if (sight !== undefined && (await anyHiddenOf(db, sight, key))) hidden.push(key)
      const [patient] = hidden
      if (patient === undefined) {
        // Who tries IDs to learn who is restricted is seen to.
        const detail = { alert: 'emergency access asked for', alertType: '110132', asked: patientId }
        await acts.event(context, { type: 'aud.110113', action: 'E', outcome: 4, detail }, 'now')
        throw new ArchiveError('EMERGENCY_NEEDLESS')
      }
      if (hidden.length > 1)
        throw new ArchiveError('BAD_REQUEST', {
          why: `several patients have this ID: name the issuer, one of ${hidden.map((key) => splitPatientKey(key)?.issuer || '(none)').join(', ')}`,
        })
      return inTurn(async () => {
        const now = context.now()
        const until = new Date(now.getTime() + Math.min(Math.max(1, minutes), LONGEST_MINUTES) * 60_000).toISOString()
        const actor = pseudonym(context.principal)
        await journalAccess(
          acts,
          context,
          {
            v: 1,
            op: 'break',
            actor,
            patient,
            cause,
            reason,
            until,
            by: nameOf(context.principal),
            at: now.toISOString(),
          },
          { patient },
        )
        const row = (await lastingEmergencies(db, actor)).find((one) => one.patient_key === patient)
        if (row === undefined)
          throw new ArchiveError('DEFECT', { what: 'an emergency was journaled and is not in the index' })
        lasting.set(keyOf(actor, patient), row)
        return emergency(row)
      })
    },

    endEmergency: async (context, id) => {
      await admit(acts, context, 'emergency')
      const row = await emergencyRow(db, id)
      if (row === undefined || row.actor !== pseudonym(context.principal))
        throw new ArchiveError('NOT_FOUND', { what: 'such emergency of yours' })
      await end(context, row, 'person')
    },

    emergencies: async (context) => {
      await admit(acts, context, 'emergency')
      const now = context.now().toISOString()
      const rows = await lastingEmergencies(db, pseudonym(context.principal))
      return rows.filter(({ until }) => until > now).map(emergency)
    },

    accessReviews: async (context, { waiting }) => {
      await admit(acts, context, 'review.see')
      return {
        reviews: await reviewsOf(context, await someReviews(db, { waiting, limit: NEWEST })),
        waiting: await countWaiting(db),
      }
    },

    review: async (context, id, outcome, words) => {
      await admit(acts, context, 'review')
      return inTurn(async () => {
        const row = await reviewRow(db, id)
        if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such review' })
        if (row.reviewed_at !== '') throw new ArchiveError('REVIEW_STATE', { review: id })
        if (row.actor === pseudonym(context.principal)) throw new ArchiveError('REVIEW_SAME_PERSON')
        await journalAccess(
          acts,
          context,
          {
            v: 1,
            op: 'review',
            review: id,
            outcome,
            words,
            by: nameOf(context.principal),
            at: context.now().toISOString(),
          },
          { study: row.study_uid, patient: row.patient_key },
        )
        const after = await reviewRow(db, id)
        const [view] = after === undefined ? [] : await reviewsOf(context, [after])
        if (view === undefined)
          throw new ArchiveError('DEFECT', { what: 'a review was journaled and is not in the index' })
        return view
      })
    },

    close: () => clearInterval(timer),
  }
}

const emergency = (row: EmergenciesTable): Emergency => ({
  id: Number(row.id),
  patient: row.patient_key,
  cause: row.cause as EmergencyCause,
  reason: row.reason,
  begunAt: row.begun_at,
  until: row.until,
})

/** Monday to Friday count. */
export function dueOn(raisedAt: string): string {
  const day = new Date(raisedAt)
  for (let left = REVIEW_WORKING_DAYS; left > 0; ) {
    day.setUTCDate(day.getUTCDate() + 1)
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) left -= 1
  }
  return day.toISOString().slice(0, 10)
}
