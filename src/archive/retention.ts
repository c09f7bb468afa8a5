/**
 * How long a study must be kept and why: the facts the index has, decided by the rules the site has chosen. Whatever the
 * study holds, its longest object counts. Nothing here removes anything.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { FOREVER } from '../compliance/retention/calendar.ts'
import { type Decision, decideRetention } from '../compliance/retention/decide.ts'
import type { Facts } from '../compliance/retention/facts.ts'
import { NOTHING_TOLD, withTold } from '../compliance/retention/told.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, StandingDate, StudyRetention } from './archive.ts'
import { holdsOn } from './holds.ts'
import { openGuard } from './restrictions/guard.ts'
import { type RetentionRow, retentionFacts } from './retention.queries.ts'
import { HOUSE, layersOf, type RuleLayer, type SiteRules, type SiteRulesSource } from './rules/site-rules.ts'

/** Objects that report on images rather than being images. */
const REPORTS: ReadonlySet<string> = new Set(['SR', 'DOC', 'KO', 'PR', 'AU'])

export function openRetention({
  db,
  acts,
  site,
  now,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly site: SiteRulesSource
  readonly now: () => Date
}): Pick<Archive, 'retention'> {
  const guard = openGuard({ db, acts })
  return {
    retention: async (context: Context, study: Uid): Promise<StudyRetention> => {
      await admit(acts, context, 'find')
      await guard.study(context, study)
      const row = await retentionFacts(db, study)
      await acts.event(
        context,
        {
          type: 'aud.110112',
          action: 'E',
          outcome: 0,
          study,
          detail: { retention: study, results: row === undefined ? 0 : 1 },
        },
        'soon',
      )
      if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      const holds = await holdsOn(db, study, row.person_key, now())
      const rules = await site.now()
      const decision = decideStudy(rules, row, holds)
      const byId = new Map(layersOf(rules).flatMap((layer) => layer.rules.map((rule) => [rule.id, rule])))
      return {
        ...decision,
        holds,
        configured: rules.jurisdictions.length > 0,
        jurisdictions: rules.jurisdictions,
        governing: decision.governing.flatMap((id) => {
          const rule = byId.get(id)
          if (rule === undefined) return []
          const { title, keep, basis, confidence, source, note } = rule
          return [{ id, title, keep, basis, confidence, source, note: note ?? '' }]
        }),
        rules: rules.digest,
        stands: standing(row, decision),
      }
    },
  }
}

/** One decision for each layer of rules and modality of the study; the one that reaches furthest is the study's. */
export function decideStudy(
  site: SiteRules,
  row: RetentionRow,
  holds: readonly { readonly id: number }[] = [],
): Decision {
  const modalities = row.modalities === '' ? [undefined] : row.modalities.split('\\')
  const held = holds.map(({ id }) => ({ id: String(id) }))
  const decisions = layersOf(site).flatMap((layer) =>
    modalities.flatMap((modality) =>
      institutionsOf(row, layer).map((inst) => {
        const facts = { ...factsOf(row, modality, layer.jurisdictions, inst), holds: held }
        const { rules, optIn } = layer
        const decision = decideRetention(rules, facts, { optIn })
        return decision.governing.length === 0 ? decideRetention(rules, { ...facts, jur: [HOUSE] }) : decision
      }),
    ),
  )
  const furthest = decisions.reduce((one, other) => (reach(other) > reach(one) ? other : one))
  // A maximum is told of whichever rule wins.
  const [destroyBy] = decisions.flatMap((one) => one.destroyBy ?? []).sort()
  return destroyBy === furthest.destroyBy ? furthest : { ...furthest, destroyBy }
}

const reach = ({ retainThrough }: Decision): string => retainThrough ?? FOREVER

const INPATIENTS = 'hospital-inpatient'
/** The kind of institution it is kept by; of an inpatient's examination the rules for inpatients count too. */
const institutionsOf = ({ told: { inpatient } }: RetentionRow, { institution }: RuleLayer): readonly string[] =>
  inpatient && institution !== '' && institution !== INPATIENTS ? [institution, INPATIENTS] : [institution]

/** The date people set, or the one promised before, where it reaches further than the rules. */
function standing({ told: { floor = '', dates } }: RetentionRow, { governing }: Decision): StandingDate | undefined {
  if (!governing.includes('ratchet-floor')) return undefined
  const { keepUntil = '' } = dates
  return floor > keepUntil ? { through: floor, because: 'promised' } : { through: keepUntil, because: 'asked for' }
}

function factsOf(
  row: RetentionRow,
  modality: string | undefined,
  jurisdictions: readonly string[],
  institution: string,
): Facts {
  const study = isoDate(row.study_date)
  const birth = isoDate(row.birth_date)
  const imaged = isoDate(row.last_imaging)
  const facts: Facts = {
    jur: jurisdictions,
    ...(institution !== '' && { inst: institution }),
    kind: modality !== undefined && REPORTS.has(modality) ? 'report' : 'image',
    ...(modality !== undefined && { modality }),
    received: row.received_first.slice(0, 10),
    study: study ?? null,
    ...(birth !== undefined && { birth }),
    ...(imaged !== undefined && { lastImaging: imaged }),
    mammoDates: row.mammograms.map(isoDate).filter((date) => date !== undefined),
  }
  return row.told === NOTHING_TOLD ? facts : withTold(facts, row.told)
}

/** `YYYYMMDD` as DICOM has it; a shorter one stays short, and is taken for its last day. */
function isoDate(date: string): string | undefined {
  if (date === '') return undefined
  return /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date
}
