/**
 * Adopting rules of retention: proposed by one person, adopted by another with the privacy role. Rules that take the
 * place of earlier ones may shorten, so they take a third person, of the records (compliance specification 2.5). Each
 * step is a fact of the journal beside its event.
 */
import type { Json } from '../../base/canonical-json.ts'
import { type Context, nameOf } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { INSTITUTIONS, NO_COMPLIANCE } from '../../compliance/retention/institutions.ts'
import { digestOf } from '../../compliance/retention/rules.ts'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { RuleAdoptionsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Archive, RuleAdoption, RuleProposal } from '../archive.ts'
import { type RulesFact, rulesText } from './rule-rows.ts'
import { adoptionRow, allAdoptions } from './rules.queries.ts'
import { layerOfRow, type SiteRulesSource, setsOf, shippedSets } from './site-rules.ts'

const EVENTS: Readonly<Record<RulesFact['op'], EventType>> = {
  propose: 'rules.propose',
  approve: 'rules.approve',
  adopt: 'rules.activate',
  end: 'rules.end',
}

export function openAdoption({
  db,
  acts,
  site,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly site: SiteRulesSource
}): Pick<Archive, 'siteRules' | 'proposeRules' | 'approveRules' | 'endRules'> {
  // What a step rests on is read before it is journaled: no other step may come between.
  const inTurn = oneAtATime()

  const journal = async (context: Context, fact: RulesFact): Promise<void> => {
    const text = rulesText(fact)
    await acts.event(
      context,
      {
        type: EVENTS[fact.op],
        action: fact.op === 'propose' ? 'C' : 'U',
        outcome: 0,
        detail: { rules: JSON.parse(text) as Json },
      },
      'now',
      { type: 'rules', text },
    )
  }

  const view = async (id: number): Promise<RuleAdoption> => {
    const row = await adoptionRow(db, id)
    if (row === undefined) throw new ArchiveError('DEFECT', { what: 'rules were journaled and are not in the index' })
    return adoptionOf(row)
  }

  /** @throws {ArchiveError} `NOT_FOUND`, `RULES_STATE` */
  const open = async (adoption: number): Promise<RuleAdoptionsTable> => {
    const row = await adoptionRow(db, adoption)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `proposal ${adoption} of rules` })
    if (row.ended_at !== '') throw new ArchiveError('RULES_STATE', { adoption, why: 'was withdrawn or refused' })
    if (row.adopted_at !== '') throw new ArchiveError('RULES_STATE', { adoption, why: 'was adopted already' })
    return row
  }

  /** What counts for ever cannot be replaced. */
  const lockedBy = async (): Promise<number | undefined> =>
    (await site.now()).layers.find(({ mode }) => mode === 'compliance')?.id

  const checked = async ({ jurisdictions, institution, optIn, mode, instead }: RuleProposal): Promise<void> => {
    const bad = (why: string) => new ArchiveError('BAD_REQUEST', { why })
    if (!INSTITUTIONS.includes(institution))
      throw bad(`there is no kind of institution ${institution}; there are ${INSTITUTIONS.filter(Boolean).join(', ')}`)
    const rules = setsOf(jurisdictions).flatMap((set) => set.rules)
    for (const id of optIn)
      if (!rules.some((rule) => rule.id === id && rule.optIn === true))
        throw bad(`${id} is no recommendation of these jurisdictions`)
    const [barred] = jurisdictions.filter((one) => NO_COMPLIANCE.includes(one))
    if (mode === 'compliance' && barred !== undefined)
      throw bad(`under the law of ${barred} patients may have records destroyed: compliance mode would forbid it`)
    const locked = instead ? await lockedBy() : undefined
    if (locked !== undefined)
      throw bad(`rules ${locked} were adopted in compliance mode: others can be adopted beside them, not instead`)
  }

  return {
    siteRules: async (context) => {
      await admit(acts, context, 'retention.see')
      return {
        adoptions: (await allAdoptions(db)).map(adoptionOf),
        shipped: shippedSets().map(({ set, version, rules }) => ({
          set,
          version,
          rules: rules.length,
          recommended: rules.filter(({ optIn }) => optIn === true).map(({ id, title }) => ({ id, title })),
        })),
        institutions: INSTITUTIONS,
      }
    },

    proposeRules: async (context, ask) => {
      await admit(acts, context, 'rules.propose')
      return inTurn(async () => {
        await checked(ask)
        const sets = setsOf(ask.jurisdictions)
        const jurisdictions = [...new Set(ask.jurisdictions)].sort()
        const { institution, optIn, mode, instead, reason } = ask
        const [by, at] = [nameOf(context.principal), context.now().toISOString()]
        await journal(context, {
          v: 1,
          op: 'propose',
          jurisdictions,
          institution,
          optIn,
          mode,
          instead,
          reason,
          digest: digestOf(sets),
          sets,
          by,
          at,
        })
        const [newest] = await allAdoptions(db)
        return view(Number(newest?.id))
      })
    },

    approveRules: async (context, adoption, which, reason) => {
      await admit(acts, context, `rules.approve.${which}`)
      return inTurn(async () => {
        const row = await open(adoption)
        const refuse = (why: string) => new ArchiveError('RULES_STATE', { adoption, why })
        const shortens = Number(row.instead) === 1
        if (which === 'first' && !shortens) throw refuse('takes one approval, by the privacy role')
        if (which === 'first' && row.first_at !== '') throw refuse('was approved a first time already')
        if (which === 'second' && shortens && row.first_at === '') throw refuse('has not been approved a first time')
        const by = nameOf(context.principal)
        if ([row.proposed_by, row.first_by].includes(by)) throw new ArchiveError('RULES_SAME_PERSON')
        const locked = shortens ? await lockedBy() : undefined
        if (locked !== undefined) throw refuse(`cannot take the place of rules ${locked}, of compliance mode`)
        const op = which === 'first' ? 'approve' : 'adopt'
        await journal(context, { v: 1, op, adoption, reason, by, at: context.now().toISOString() })
        return view(adoption)
      })
    },

    endRules: async (context, adoption, reason) => {
      await admit(acts, context, 'rules.propose')
      return inTurn(async () => {
        await open(adoption)
        const by = nameOf(context.principal)
        await journal(context, { v: 1, op: 'end', adoption, reason, by, at: context.now().toISOString() })
        return view(adoption)
      })
    },
  }
}

function adoptionOf(row: RuleAdoptionsTable): RuleAdoption {
  const { jurisdictions, institution, optIn, rules, digest } = layerOfRow(row)
  const deed = (by: string, at: string) => (at === '' ? undefined : { by, at })
  return {
    id: Number(row.id),
    jurisdictions,
    institution,
    optIn,
    mode: row.mode,
    instead: Number(row.instead) === 1,
    reason: row.reason,
    digest,
    rules: rules.map(({ id, title, keep, source, confidence }) => ({ id, title, keep, source, confidence })),
    state: stateOf(row),
    proposed: { by: row.proposed_by, at: row.proposed_at },
    first: deed(row.first_by, row.first_at),
    adopted: deed(row.adopted_by, row.adopted_at),
    ended: row.ended_at === '' ? undefined : { by: row.ended_by, at: row.ended_at, reason: row.ended_reason },
    replacedAt: row.replaced_at === '' ? undefined : row.replaced_at,
  }
}

function stateOf(row: RuleAdoptionsTable): RuleAdoption['state'] {
  if (row.replaced_at !== '') return 'replaced'
  if (row.adopted_at !== '') return 'in force'
  if (row.ended_at !== '') return 'ended'
  return row.first_at === '' ? 'proposed' : 'approved'
}
