/**
 * Does a rule concern a study? Yes, no, or unknown, which counts as yes and is said (compliance specification 2.2).
 */
import { addYears } from './calendar.ts'
import type { Facts, Resolved } from './facts.ts'

export interface Selector {
  readonly kind?: readonly string[]
  /** `THERAPY` stands for the objects of radiotherapy. */
  readonly modality?: readonly string[]
  readonly bodyPart?: readonly string[]
  readonly inst?: readonly string[]
  readonly tag?: readonly string[]
  readonly minorAtStudy?: boolean
  readonly ageAtStudyLt?: number
  readonly ageAtEndLt?: number
  readonly ageAtEndGte?: number
  readonly deceased?: boolean
}

export type Answer = boolean | 'unknown'

const THERAPY: ReadonlySet<string> = new Set([
  'RTPLAN',
  'RTDOSE',
  'RTSTRUCT',
  'RTIMAGE',
  'RTRECORD',
  'RTINTENT',
  'RTSEGANN',
])

const not = (answer: Answer): Answer => (answer === 'unknown' ? answer : !answer)

/** All must hold: one no is no, one unknown makes the rest unknown. */
export function matches(selector: Selector, facts: Facts, resolved: Resolved): Answer {
  let all: Answer = true
  for (const answer of answers(selector, facts, resolved)) {
    if (answer === false) return false
    if (answer === 'unknown') all = 'unknown'
  }
  return all
}

function* answers(selector: Selector, facts: Facts, { anchors, birthKnown }: Resolved): Generator<Answer> {
  const { kind = 'image', modality, bodyPart, inst, tags = [] } = facts
  const among = (value: string | null | undefined, listed: readonly string[]): Answer =>
    value === undefined || value === null || value === '' ? 'unknown' : listed.includes(value)
  // Who may have been taken for younger than he was is not found to be a minor; he may be one.
  const younger = (date: string | undefined, years: number): Answer => {
    if (date === undefined || anchors.birth === undefined) return 'unknown'
    return date < addYears(anchors.birth, years) && (birthKnown || 'unknown')
  }
  if (selector.kind) yield selector.kind.includes(kind)
  if (selector.modality)
    yield modality !== undefined && selector.modality.includes('THERAPY') && THERAPY.has(modality)
      ? true
      : among(modality, selector.modality)
  if (selector.minorAtStudy !== undefined) {
    const minor: Answer = (anchors.study ?? '') < (anchors.majority ?? '') ? birthKnown || 'unknown' : false
    yield selector.minorAtStudy ? minor : not(minor)
  }
  if (selector.ageAtStudyLt !== undefined) yield younger(anchors.study, selector.ageAtStudyLt)
  if (selector.ageAtEndLt !== undefined) yield younger(anchors.treatmentEnd, selector.ageAtEndLt)
  if (selector.ageAtEndGte !== undefined) yield not(younger(anchors.treatmentEnd, selector.ageAtEndGte))
  if (selector.inst) yield among(inst, selector.inst)
  if (selector.tag) yield tags.some((one) => selector.tag?.includes(one))
  if (selector.bodyPart) yield among(bodyPart, selector.bodyPart)
  if (selector.deceased !== undefined) yield (anchors.death !== undefined) === selector.deceased
}

const AGE = ['minorAtStudy', 'ageAtStudyLt', 'ageAtEndLt', 'ageAtEndGte'] as const

/** The facts a selector asks for that nobody knows. */
export function unknownTo(
  selector: Selector,
  { modality, inst, bodyPart }: Facts,
  { birthKnown }: Resolved,
): readonly string[] {
  const lacks = (value: string | null | undefined): boolean => value === undefined || value === null || value === ''
  return [
    ...(selector.modality && lacks(modality) ? ['modality'] : []),
    ...(selector.inst && lacks(inst) ? ['inst'] : []),
    ...(selector.bodyPart && lacks(bodyPart) ? ['bodyPart'] : []),
    ...(AGE.some((key) => selector[key] !== undefined) && !birthKnown ? ['birth'] : []),
  ]
}
