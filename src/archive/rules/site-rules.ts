/**
 * The rules a study is kept by: layers, each a set of rules that two or three people adopted. Whatever the layers say of
 * a study, the longest counts: adopting more can never shorten (compliance specification 2.5, ratchet).
 */
import { createHash } from 'node:crypto'
import { ArchiveError } from '../../base/errors.ts'
import { digestOf, type ReadRule, type RuleSet, readRuleSets, readRules } from '../../compliance/retention/rules.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { RuleAdoptionsTable } from '../../storage/sql/schema.ts'
import type { RetentionMode } from './rule-rows.ts'
import { adoptionRow, adoptionsInForce, allAdoptions } from './rules.queries.ts'

/** Used when no rule of the site's says anything: nothing is destroyed merely because nobody wrote a rule. */
export const HOUSE = 'house'

export interface RuleLayer {
  /** The leaf that proposed it; 0 of one that is only thought of. */
  readonly id: number
  readonly jurisdictions: readonly string[]
  /** Kind of institution; '' when it is not stated, and then every kind's rules count. */
  readonly institution: string
  readonly optIn: readonly string[]
  readonly mode: RetentionMode
  /** Those of its jurisdictions, and the house's. */
  readonly rules: readonly ReadRule[]
  /** SHA-256 of its rule sets. */
  readonly digest: string
}

export interface SiteRules {
  /** Newest first; none while nothing was adopted: then everything is kept without end. */
  readonly layers: readonly RuleLayer[]
  /** Of all layers. */
  readonly jurisdictions: readonly string[]
  /** Of the newest. */
  readonly institution: string
  /** Names all of it: of one layer its digest, of several the SHA-256 of theirs. */
  readonly digest: string
}

export interface RuleChoice {
  readonly jurisdictions: readonly string[]
  readonly institution: string
  readonly optIn?: readonly string[]
}

export interface SiteRulesSource {
  /** As they are adopted now. */
  now(): Promise<SiteRules>
  /** Those a choice would add, or put in place of what may be replaced. */
  withChoice(choice: RuleChoice, instead: boolean): Promise<SiteRules>
  /** Every rule there ever was here, the newest of each id: for what was decided by one. */
  find(id: string): Promise<ReadRule | undefined>
}

const SHIPPED = readRuleSets()
const NO_CHOICE = { jurisdictions: [], institution: '' }

/** What is shipped, but for the house's own. */
export const shippedSets = (): readonly RuleSet[] => SHIPPED.filter(({ set }) => set !== HOUSE)

/** The rule sets of these, as they are shipped, and the house's. @throws {ArchiveError} `BAD_REQUEST` */
export function setsOf(jurisdictions: readonly string[]): readonly RuleSet[] {
  const known = new Set(shippedSets().map(({ set }) => set))
  for (const one of jurisdictions)
    if (!known.has(one))
      throw new ArchiveError('BAD_REQUEST', {
        why: `there are no rules for ${one}; there are for ${[...known].join(', ')}`,
      })
  return SHIPPED.filter(({ set }) => set === HOUSE || jurisdictions.includes(set))
}

export function layerOf(
  id: number,
  { jurisdictions, institution, optIn = [] }: RuleChoice,
  mode: RetentionMode,
  sets: readonly RuleSet[],
): RuleLayer {
  return { id, jurisdictions, institution, optIn, mode, rules: readRules(sets), digest: digestOf(sets) }
}

export function openSiteRules(db: Database): SiteRulesSource {
  /** What was adopted never changes; what is read of it is kept. */
  const read = new Map<number, RuleLayer>()

  const layer = async (id: number): Promise<RuleLayer> => {
    const known = read.get(id)
    if (known !== undefined) return known
    const row = await adoptionRow(db, id)
    if (row === undefined) throw new ArchiveError('DEFECT', { what: 'rules in force are not in the index' })
    const made = layerOfRow(row)
    read.set(id, made)
    return made
  }
  const inForce = async (): Promise<readonly RuleLayer[]> => Promise.all((await adoptionsInForce(db)).map(layer))

  return {
    now: async () => siteRules(await inForce()),
    withChoice: async (choice, instead) => {
      const layers = await inForce()
      const made = layerOf(0, choice, 'governance', setsOf(choice.jurisdictions))
      return siteRules([made, ...(instead ? layers.filter(({ mode }) => mode === 'compliance') : layers)])
    },
    find: async (id) => {
      for (const row of await allAdoptions(db)) {
        if (row.adopted_at === '') continue
        const rule = (await layer(Number(row.id))).rules.find((one) => one.id === id)
        if (rule !== undefined) return rule
      }
      return SHIPPED_LAYER.rules.find((one) => one.id === id)
    },
  }
}

export function layerOfRow(row: RuleAdoptionsTable): RuleLayer {
  const { id, jurisdictions, institution, opt_in: optIn, mode, sets } = row
  const choice = { jurisdictions: split(jurisdictions, ','), institution, optIn: split(optIn, ' ') }
  return layerOf(Number(id), choice, mode, JSON.parse(sets) as readonly RuleSet[])
}

function siteRules(layers: readonly RuleLayer[]): SiteRules {
  const [newest, ...others] = layers
  return {
    layers,
    jurisdictions: [...new Set(layers.flatMap(({ jurisdictions }) => jurisdictions))],
    institution: newest?.institution ?? '',
    digest:
      others.length === 0
        ? (newest ?? HOUSE_LAYER).digest
        : createHash('sha256')
            .update(layers.map(({ digest }) => `${digest}\n`).join(''))
            .digest('hex'),
  }
}

const SHIPPED_LAYER = layerOf(0, NO_CHOICE, 'governance', SHIPPED)
const HOUSE_LAYER = layerOf(0, NO_CHOICE, 'governance', setsOf([]))

/** The layers to decide by: where nothing was adopted, the house's. */
export const layersOf = ({ layers }: SiteRules): readonly RuleLayer[] => (layers.length === 0 ? [HOUSE_LAYER] : layers)

/** Tags that rules ask for: of those adopted, and of those that could be. */
export const tagsOf = ({ layers }: SiteRules): readonly string[] => {
  const rules = [...layers, SHIPPED_LAYER].flatMap((layer) => layer.rules)
  return [...new Set(rules.flatMap(({ when }) => when.tag ?? []))].sort()
}

export const split = (text: string, by: string): readonly string[] => text.split(by).filter((one) => one !== '')
