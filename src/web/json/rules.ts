/** `/api/retention/rules`: the rules studies are kept by, proposed by one person and adopted by others. */
import { ProposeRules, RuleAdoption, RulesStep, SiteRules } from '../../api/retention.ts'
import type { RuleAdoption as Adoption, Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Ask, type Route, route } from '../routes.ts'

export function ruleRoutes(
  archive: Pick<Archive, 'siteRules' | 'proposeRules' | 'approveRules' | 'endRules'>,
): readonly Route[] {
  const approve = (which: 'first' | 'second', says: string): Route =>
    route({
      method: 'POST',
      url: `/api/retention/rules/:adoption/approve/${which}`,
      act: `rules.approve.${which}`,
      says,
      body: RulesStep,
      answers: [
        { status: 200, says: 'The proposal as it is now.', shape: RuleAdoption },
        { status: 403, says: 'It takes another person, or another role.' },
        { status: 409, says: 'It is in another state.' },
      ],
      handle: async (ask): Promise<RuleAdoption> =>
        adoptionRow(await archive.approveRules(ask.context, numberOf(ask), which, ask.body.reason)),
    })

  return [
    route({
      method: 'GET',
      url: '/api/retention/rules',
      act: 'retention.see',
      says: 'Rules of retention that count, were proposed, or counted once, newest first; and what may be chosen from.',
      answers: [{ status: 200, says: 'The rules.', shape: SiteRules }],
      handle: async ({ context }): Promise<SiteRules> => {
        const { adoptions, shipped, institutions } = await archive.siteRules(context)
        return {
          adoptions: adoptions.map(adoptionRow),
          shipped: shipped.map((set) => ({ ...set, recommended: [...set.recommended] })),
          institutions: [...institutions],
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/retention/rules',
      act: 'rules.propose',
      says: 'Proposes rules of retention, beside those that count or instead of them. Others have to adopt them.',
      body: ProposeRules,
      answers: [
        { status: 200, says: 'The proposal.', shape: RuleAdoption },
        { status: 400, says: 'There are no such rules, or compliance mode forbids it.' },
      ],
      handle: async ({ context, body }): Promise<RuleAdoption> =>
        adoptionRow(await archive.proposeRules(context, body)),
    }),
    approve('first', 'Approves rules that are to replace others, for the records: not the person who proposed them.'),
    approve('second', 'Adopts them, for privacy: another person. They count from here on.'),
    route({
      method: 'POST',
      url: '/api/retention/rules/:adoption/end',
      act: 'rules.propose',
      says: 'Withdraws or refuses what was proposed.',
      body: RulesStep,
      answers: [
        { status: 200, says: 'The proposal as it is now.', shape: RuleAdoption },
        { status: 409, says: 'It was adopted, or ended already.' },
      ],
      handle: async (ask): Promise<RuleAdoption> =>
        adoptionRow(await archive.endRules(ask.context, numberOf(ask), ask.body.reason)),
    }),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['adoption'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such proposal of rules' })
  return Number(text)
}

const adoptionRow = ({ first, adopted, ended, replacedAt, ...rest }: Adoption): RuleAdoption => ({
  ...rest,
  jurisdictions: [...rest.jurisdictions],
  optIn: [...rest.optIn],
  rules: [...rest.rules],
  first: first ?? null,
  adopted: adopted ?? null,
  ended: ended ?? null,
  replacedAt: replacedAt ?? null,
})
