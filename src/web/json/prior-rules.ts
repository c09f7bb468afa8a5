/** `/api/priors/rules`: what a site wants of relevant priors, tried before it counts; and a person's own choice. */
import {
  ChoosePrior,
  PriorRule,
  PriorRuleRow,
  PriorRulesPage,
  TriedPriors,
  TryPriorRule,
} from '../../api/prior-rules.ts'
import { Priors } from '../../api/record.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { StoredPriorRule } from '../../compliance/prior-wishes.ts'
import { uid } from '../../dicom/uid.ts'
import { FAMILY_ORDER } from '../../record/modalities.ts'
import type { PatientRecord } from '../../record/record.ts'
import { REGION_ORDER } from '../../record/regions.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'
import { priorsShown } from './record.ts'

const SHOWN = 10

export function priorRuleRoutes(record: PatientRecord): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/priors/rules',
      act: 'priors.rules',
      says: 'The site’s rules for relevant priors, and the regions and kinds of examination they may name.',
      answers: [{ status: 200, says: 'The rules.', shape: PriorRulesPage }],
      handle: async ({ context }): Promise<PriorRulesPage> => ({
        rules: (await record.priorRules(context)).map(ruleRow),
        regions: [...REGION_ORDER],
        families: [...FAMILY_ORDER],
      }),
    }),
    route({
      method: 'POST',
      url: '/api/priors/rules',
      act: 'priors.rules',
      says: 'Adds a rule: points for a kind of prior beside a kind of study.',
      body: PriorRule,
      answers: [
        { status: 200, says: 'The rule.', shape: PriorRuleRow },
        { status: 400, says: 'It names what there is not, or says nothing.' },
      ],
      handle: async ({ context, body }): Promise<PriorRuleRow> => ruleRow(await record.addPriorRule(context, body)),
    }),
    route({
      method: 'POST',
      url: '/api/priors/rules/:rule',
      act: 'priors.rules',
      says: 'Changes a rule, or switches it off.',
      body: PriorRule,
      answers: [
        { status: 200, says: 'The rule as it is now.', shape: PriorRuleRow },
        { status: 400, says: 'It names what there is not, or says nothing.' },
        { status: 404, says: 'There is no such rule.' },
      ],
      handle: async (ask): Promise<PriorRuleRow> =>
        ruleRow(await record.changePriorRule(ask.context, numberOf(ask), ask.body)),
    }),
    route({
      method: 'DELETE',
      url: '/api/priors/rules/:rule',
      act: 'priors.rules',
      says: 'Removes a rule.',
      answers: [
        { status: 204, says: 'It is gone.' },
        { status: 404, says: 'There is no such rule.' },
      ],
      handle: async (ask) => {
        await record.removePriorRule(ask.context, numberOf(ask))
      },
    }),
    route({
      method: 'POST',
      url: '/api/priors/try',
      act: 'priors.rules',
      says: 'The priors of a study as they are chosen now, and as they would be with a rule. Nothing is changed.',
      body: TryPriorRule,
      answers: [
        { status: 200, says: 'Both orders.', shape: TriedPriors },
        { status: 400, says: 'The rule names what there is not.' },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async ({ context, body: { study, rule, id } }): Promise<TriedPriors> => {
        const { now, tried } = await record.tryPriorRule(context, uid(study), { ...rule, id })
        return { now: priorsShown(now, SHOWN), tried: priorsShown(tried, SHOWN) }
      },
    }),
    route({
      method: 'POST',
      url: '/api/studies/:study/priors/choice',
      act: 'read',
      says: 'Which prior the person who asks wants beside this study from now on, and rather for others of its kind.',
      body: ChoosePrior,
      answers: [
        { status: 200, says: 'The priors as they are chosen now.', shape: Priors },
        { status: 400, says: 'It is no earlier study of the same patient.' },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask) => {
        const { prior } = ask.body
        const chosen = prior === null ? undefined : uid(prior)
        return priorsShown(await record.choosePrior(ask.context, uidParam(ask, 'study'), chosen), SHOWN)
      },
    }),
  ]
}

const ruleRow = ({ current, prior, ...rest }: StoredPriorRule): PriorRuleRow => ({
  ...rest,
  current: { ...current, regions: [...current.regions], families: [...current.families] },
  prior: { ...prior, regions: [...prior.regions], families: [...prior.families] },
})

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['rule'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such rule' })
  return Number(text)
}
