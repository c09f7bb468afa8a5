/**
 * Which studies may go to the cold store: by age, by when they were last looked at, by modality and by house. Pure: rows and
 * the day in, yes or no out. What a row does not say holds for every study.
 */
export interface TierRule {
  /** Days since the study's date; one without a date counts from the day its last object came. */
  readonly studyDays: number
  /** Days since anybody looked at it, and since its last object came. */
  readonly unseenDays: number
  /** Any of its modalities; none named: every modality. */
  readonly modalities?: readonly string[]
  /** Any of the houses its series were made in (Institution Name); none named: every house. */
  readonly institutions?: readonly string[]
}

export interface TierFacts {
  /** YYYYMMDD, or ''. */
  readonly studyDate: string
  /** As the index has them, with `\` between. */
  readonly modalities: string
  readonly institutions: readonly string[]
  /** RFC 3339; '' for never. */
  readonly receivedLast: string
  readonly seen: string
  /** When it last came back from the cold store: it stays for as long as if it had been looked at then. */
  readonly movedAt: string
}

const DAY_MS = 86_400_000

/** The first rule that lets it go; undefined: it stays. */
export function ruleFor(rules: readonly TierRule[], facts: TierFacts, now: Date): TierRule | undefined {
  const lastTouched = [facts.receivedLast, facts.seen, facts.movedAt].sort().at(-1) ?? ''
  const age = daysSince(dayOf(facts.studyDate) ?? facts.receivedLast, now)
  const unseen = daysSince(lastTouched, now)
  const modalities = facts.modalities.split('\\')
  return rules.find(
    (rule) =>
      age >= rule.studyDays &&
      unseen >= rule.unseenDays &&
      overlaps(rule.modalities, modalities) &&
      overlaps(rule.institutions, facts.institutions),
  )
}

const overlaps = (wanted: readonly string[] | undefined, has: readonly string[]): boolean =>
  wanted === undefined || wanted.length === 0 || has.some((one) => wanted.includes(one))

/** Of what says no moment nothing is known, so it is of today. */
const daysSince = (moment: string, now: Date): number => {
  const then = Date.parse(moment)
  return Number.isNaN(then) ? 0 : (now.getTime() - then) / DAY_MS
}

const dayOf = (date: string): string | undefined => {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date) ?? []
  return year === undefined ? undefined : `${year}-${month}-${day}T00:00:00Z`
}
