/** Rules of retention in words: whose law, for whom, since when. */
import type { RuleAdoption } from '../../api/retention.ts'

const REGIONS = new Intl.DisplayNames(['en'], { type: 'region' })
/** Codes of rule sets that are no ISO 3166 codes. */
const COUNTRIES: Readonly<Record<string, string>> = { uk: 'GB' }

/** `United States (us-ca)`. */
export function jurisdictionName(set: string): string {
  const [country = ''] = set.split('-')
  try {
    return `${REGIONS.of(COUNTRIES[country] ?? country.toUpperCase()) ?? set} (${set})`
  } catch {
    return set
  }
}

/** A part is under the law of the whole too: `us` goes with `us-ca`, where there are rules for it. */
export function withWholes(chosen: readonly string[], known: readonly string[]): readonly string[] {
  const wholes = chosen.map((set) => set.split('-')[0] ?? '').filter((whole) => known.includes(whole))
  return [...new Set([...wholes, ...chosen])].sort()
}

const INSTITUTIONS: Readonly<Record<string, string>> = {
  '': 'Not stated: the rules of every kind count',
  hospital: 'Hospital',
  'hospital-inpatient': 'Hospital, inpatients',
  cah: 'Critical access hospital',
  practice: 'Practice',
  public: 'Public body',
  vha: 'Veterans Health Administration',
}
export const institutionName = (kind: string): string => INSTITUTIONS[kind] ?? kind

export function choiceInWords({
  jurisdictions,
  institution,
}: Pick<RuleAdoption, 'jurisdictions' | 'institution'>): string {
  if (jurisdictions.length === 0) return 'No jurisdiction: everything is kept without end'
  return `${jurisdictions.map(jurisdictionName).join(', ')}${institution === '' ? '' : ` · ${institutionName(institution)}`}`
}

/** Who has to do what next, of one that waits. */
export const WAITS: Readonly<Record<'proposed' | 'approved', string>> = {
  proposed: 'Waits to be adopted',
  approved: 'Waits for the second approval',
}

export type RuleStep = 'first' | 'second' | 'end'

/** What this person may do about it: nobody looks at the own. */
export function stepsOf(
  { state, instead, proposed, first }: RuleAdoption,
  me: string,
  may: Readonly<Record<RuleStep, boolean>>,
): readonly RuleStep[] {
  if (state !== 'proposed' && state !== 'approved') return []
  const another = proposed.by !== me && first?.by !== me
  const next: RuleStep = instead && state === 'proposed' ? 'first' : 'second'
  return [...(another && may[next] ? [next] : []), ...(may.end ? (['end'] as const) : [])]
}
