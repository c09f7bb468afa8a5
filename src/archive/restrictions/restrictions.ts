/**
 * Restrictions placed and lifted. Each is a fact of the journal beside its event: who is on which list, and since when,
 * the log can be asked.
 */
import type { Json } from '../../base/canonical-json.ts'
import type { Context, Principal } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { ROLES } from '../../compliance/roles.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { RestrictionsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { type AccessFact, accessText, type RestrictionKind } from './access-rows.ts'
import { sightOf } from './guard.ts'
import type { Restricting, Restriction, RestrictionAsk } from './restricting.ts'
import {
  admittedTo,
  allRestrictions,
  coveredAmong,
  coveredCounts,
  hiddenStudies,
  restrictionRow,
} from './restrictions.queries.ts'

const NEWEST = 2000
/** `u:` and 16 hex digits, a role, a device, or every listed device. */
const WHO = new RegExp(
  `^(u:[0-9a-f]{16}|u:open|role:(${ROLES.join('|')})|ae:\\*|ae:[^\\s\\p{Cc}][^\\p{Cc}]{0,15})$`,
  'u',
)

const EVENTS: Readonly<Record<AccessFact['op'], EventType>> = {
  restrict: 'access.restrict',
  lift: 'access.lift',
  break: 'access.break',
  end: 'access.end',
  opened: 'access.opened',
  review: 'access.review',
}

/** Journals a step, with whom and what it is about. */
export async function journalAccess(
  acts: Pick<Acts, 'event'>,
  context: Context,
  fact: AccessFact,
  about: { readonly study?: string; readonly patient?: string },
): Promise<void> {
  const text = accessText(fact)
  await acts.event(
    context,
    {
      type: EVENTS[fact.op],
      action: fact.op === 'restrict' || fact.op === 'break' ? 'C' : fact.op === 'opened' ? 'R' : 'U',
      outcome: 0,
      ...(about.study !== undefined && about.study !== '' && { study: about.study }),
      ...(about.patient !== undefined && about.patient !== '' && { patient: about.patient }),
      detail: { access: JSON.parse(text) as Json },
    },
    'now',
    { type: 'access', text },
  )
}

export const nameOf = (principal: Principal): string =>
  principal.kind === 'user' ? principal.name : principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name

export function openRestrictions({
  db,
  acts,
}: {
  readonly db: Database
  readonly acts: Acts
}): Pick<Restricting, 'restrictions' | 'restrict' | 'liftRestriction' | 'inSight' | 'unrestricted'> {
  const inTurn = oneAtATime()

  const views = async (rows: readonly RestrictionsTable[]): Promise<readonly Restriction[]> => {
    const ids = rows.map(({ id }) => Number(id))
    const [admits, counts] = [await admittedTo(db, ids), await coveredCounts(db, ids)]
    return rows.map((row) => ({
      id: Number(row.id),
      kind: row.kind as RestrictionKind,
      subject: row.subject,
      level: row.level === 'watched' ? 'watched' : 'restricted',
      admits: admits.get(Number(row.id)) ?? [],
      reason: row.reason,
      covers: counts.get(Number(row.id)) ?? 0,
      placed: { by: row.placed_by, at: row.placed_at },
      lifted: row.lifted_at === '' ? undefined : { by: row.lifted_by, at: row.lifted_at, reason: row.lifted_reason },
    }))
  }
  const one = async (row: RestrictionsTable | undefined): Promise<Restriction> => {
    const [view] = row === undefined ? [] : await views([row])
    if (view === undefined)
      throw new ArchiveError('DEFECT', { what: 'a restriction was journaled and is not in the index' })
    return view
  }

  return {
    restrictions: async (context) => {
      await admit(acts, context, 'restriction.see')
      return views(await allRestrictions(db, NEWEST))
    },

    restrict: async (context, ask) => {
      await admit(acts, context, 'restriction.manage')
      const why = faultOf(ask)
      if (why !== undefined) throw new ArchiveError('BAD_REQUEST', { why })
      const { kind, subject, level, reason } = ask
      const admits = [...new Set(ask.admits)].sort()
      return inTurn(async () => {
        const at = context.now().toISOString()
        await journalAccess(
          acts,
          context,
          { v: 1, op: 'restrict', kind, subject, level, admits, reason, by: nameOf(context.principal), at },
          { ...(kind === 'patient' && { patient: subject }), ...(kind === 'study' && { study: subject }) },
        )
        return one((await allRestrictions(db, 1))[0])
      })
    },

    liftRestriction: async (context, id, reason) => {
      await admit(acts, context, 'restriction.manage')
      return inTurn(async () => {
        const row = await restrictionRow(db, id)
        if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `restriction ${id}` })
        if (row.lifted_at !== '')
          throw new ArchiveError('RESTRICTION_STATE', { restriction: id, why: 'was lifted already' })
        await journalAccess(
          acts,
          context,
          {
            v: 1,
            op: 'lift',
            restriction: id,
            reason,
            by: nameOf(context.principal),
            at: context.now().toISOString(),
          },
          {
            ...(row.kind === 'patient' && { patient: row.subject }),
            ...(row.kind === 'study' && { study: row.subject }),
          },
        )
        return one(await restrictionRow(db, id))
      })
    },

    inSight: async (context, studies) => {
      const sight = sightOf(context)
      const hidden = sight === undefined ? new Set() : await hiddenStudies(db, sight, studies)
      return new Set(studies.filter((study) => !hidden.has(study)))
    },

    unrestricted: async (studies) => {
      const covered = await coveredAmong(db, studies, 'restricted')
      return new Set(studies.filter((study) => !covered.has(study)))
    },
  }
}

function faultOf({ kind, subject, level, admits }: RestrictionAsk): string | undefined {
  if (subject.trim() === '') return 'a restriction is of somebody or something'
  if (kind === 'study' && !isUsableUid(subject)) return 'a study is named by its UID'
  if (kind === 'patient' && !subject.includes('|')) return 'a patient is named by issuer and ID'
  if (level === 'restricted' && admits.length === 0) return 'somebody must be let in: else nobody sees it any more'
  const strange = admits.find((who) => !WHO.test(who))
  return strange === undefined ? undefined : 'who is let in is an account, a role or a device'
}
