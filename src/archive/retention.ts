/**
 * How long a study must be kept and why: the facts the index has, decided by the rules the site has chosen. Whatever the
 * study holds, its longest object counts. Nothing here removes anything.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { FOREVER } from '../compliance/retention/calendar.ts'
import { type Decision, decideRetention } from '../compliance/retention/decide.ts'
import type { Facts } from '../compliance/retention/facts.ts'
import { digestOf, type ReadRule, readRuleSets, readRules } from '../compliance/retention/rules.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, StudyRetention } from './archive.ts'
import { holdsOn } from './holds.ts'
import { type RetentionRow, retentionFacts } from './retention.queries.ts'

export interface RetentionOptions {
  /** Jurisdictions the site is under; none: nothing is ever due. */
  readonly jurisdictions: readonly string[]
  /** Kind of institution; '' when it is not stated, and then every kind's rules count. */
  readonly institution: string
}

/** Used when no rule of the site's says anything: nothing is destroyed merely because nobody wrote a rule. */
export const HOUSE = 'house'
/** Objects that report on images rather than being images. */
const REPORTS: ReadonlySet<string> = new Set(['SR', 'DOC', 'KO', 'PR', 'AU'])

export interface SiteRules {
  readonly rules: readonly ReadRule[]
  readonly digest: string
}

/** @throws {ArchiveError} `CONFIG_INVALID` for a jurisdiction there are no rules for */
export function readSiteRules({ jurisdictions }: Pick<RetentionOptions, 'jurisdictions'>): SiteRules {
  const sets = readRuleSets()
  const known = new Set(sets.map(({ set }) => set))
  for (const jurisdiction of jurisdictions)
    if (!known.has(jurisdiction))
      throw new ArchiveError('CONFIG_INVALID', {
        key: 'retention.jurisdictions',
        why: `there are no rules for ${jurisdiction}; there are for ${[...known].join(', ')}`,
      })
  return { rules: readRules(sets), digest: digestOf(sets) }
}

export function openRetention(
  {
    db,
    acts,
    rules: { rules, digest },
    now,
  }: { readonly db: Database; readonly acts: Acts; readonly rules: SiteRules; readonly now: () => Date },
  options: RetentionOptions,
): Pick<Archive, 'retention'> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))

  return {
    retention: async (context: Context, study: Uid): Promise<StudyRetention> => {
      await admit(acts, context, 'find')
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
      const holds = await holdsOn(db, study, row.patient_key, now())
      const decision = decideStudy(rules, row, options, holds)
      return {
        ...decision,
        holds,
        configured: options.jurisdictions.length > 0,
        jurisdictions: options.jurisdictions,
        governing: decision.governing.flatMap((id) => {
          const rule = byId.get(id)
          if (rule === undefined) return []
          const { title, keep, basis, confidence, source, note } = rule
          return [{ id, title, keep, basis, confidence, source, note: note ?? '' }]
        }),
        rules: digest,
      }
    },
  }
}

/** One decision for each modality of the study; the one that reaches furthest is the study's. */
export function decideStudy(
  rules: readonly ReadRule[],
  row: RetentionRow,
  options: RetentionOptions,
  holds: readonly { readonly id: number }[] = [],
): Decision {
  const modalities = row.modalities === '' ? [undefined] : row.modalities.split('\\')
  const [first, ...others] = modalities.map((modality) => {
    const facts = { ...factsOf(row, modality, options), holds: holds.map(({ id }) => ({ id: String(id) })) }
    const decision = decideRetention(rules, facts)
    return decision.governing.length === 0 ? decideRetention(rules, { ...facts, jur: [HOUSE] }) : decision
  })
  return others.reduce((one, other) => (reach(other) > reach(one) ? other : one), first as Decision)
}

const reach = ({ retainThrough }: Decision): string => retainThrough ?? FOREVER

function factsOf(
  row: RetentionRow,
  modality: string | undefined,
  { jurisdictions, institution }: RetentionOptions,
): Facts {
  const study = isoDate(row.study_date)
  const birth = isoDate(row.birth_date)
  const imaged = isoDate(row.last_imaging)
  return {
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
}

/** `YYYYMMDD` as DICOM has it; a shorter one stays short, and is taken for its last day. */
function isoDate(date: string): string | undefined {
  if (date === '') return undefined
  return /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date
}
