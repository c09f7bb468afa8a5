/** A decision of retention as sentences. */
import type { StudyRetention } from '../../api/retention.ts'
import { formatDate, formatMoment } from '../words/dates.ts'

const date = (iso: string): string => formatDate(iso.replaceAll('-', ''))

/** The one sentence that answers "until when, and why". */
export function retentionSentence(decision: StudyRetention): string {
  const { status, configured, retainThrough, eligibleOn, missing, holds } = decision
  if (holds.length > 0)
    return `On legal hold ${holds.map(({ id }) => id).join(', ')} since ${formatMoment(holds[0]?.since ?? '')}: it is kept until two people release it.`
  if (!configured) return 'Kept without end: no rules of retention have been adopted.'
  if (status === 'HELD') return 'On legal hold: it is kept until the hold is released.'
  if (status === 'UNDETERMINED') return `Kept until more is known: ${missing.map(wordsOf).join(', ')}.`
  if (status === 'TIMED' && retainThrough !== null && eligibleOn !== null)
    return `Kept at least through ${date(retainThrough)}. From ${date(eligibleOn)} a person may consider it.`
  return 'Kept without end.'
}

const WORDS: Readonly<Record<string, string>> = {
  diagnosis: 'the day of the diagnosis',
  transplant: 'the day of the transplant',
  trialEnd: 'the end of the trial',
  approval: 'the day of the approval',
  employmentEnd: 'the end of the employment',
  inst: 'what kind of institution this is (the rules at Compliance)',
  modality: 'the modality',
  bodyPart: 'the part of the body',
  birth: 'the birth date',
  'open-suspension': 'the end of a claim that suspends the period',
}
const wordsOf = (name: string): string => WORDS[name] ?? name

/** Of a law that wants it destroyed by a day. */
export const maximumSentence = (destroyBy: string): string =>
  `The law wants it destroyed by ${date(destroyBy)}: people propose that, nothing does it by itself.`

/** Why a date reaches further than the rules. */
export function standsSentence({ through, because }: NonNullable<StudyRetention['stands']>): string {
  const until = through === '9999-12-31' ? 'without end' : `through ${date(through)}`
  return because === 'promised'
    ? `Promised ${until} before more became known: that stands until three people let it go (Compliance).`
    : `Kept ${until} because people want it.`
}

const FLAGS: Readonly<Record<string, string>> = {
  'study-date-missing': 'The study has no date.',
  'study-date-implausible': 'The study’s date cannot be right.',
  'study-date-from-series': 'The date of a series was taken for the study’s.',
  'study-date-assumed-received': 'The day it was received was taken for the study’s date.',
  'birth-date-partial': 'The birth date is not complete: the latest day it can mean was taken.',
  'birth-date-from-age': 'The birth date was worked out from the patient’s age.',
  'birth-date-missing-assumed-newborn': 'The birth date is not known: the patient was taken for a newborn.',
  'lastImaging-proxy': 'The day of the last examination is not known: this study’s was taken.',
  'lastSeen-proxy': 'The day of the last contact is not known: this study’s was taken.',
  'discharge-proxy': 'The day of discharge is not known: this study’s was taken.',
  'treatmentEnd-proxy': 'The end of the treatment is not known: this study’s day was taken.',
  'lastChange-proxy': 'The last change of the file is not known: this study’s day was taken.',
  'selector-unknown': 'It is not known whether the rule concerns this study; it was taken to.',
  'ratchet-floor': 'A later date than the rules give stands.',
}

/** What was assumed, a sentence each. */
export const assumptions = ({ flags }: { readonly flags: readonly string[] }): readonly string[] =>
  flags.map((flag) => FLAGS[flag]).filter((words) => words !== undefined)

const CONFIDENCE = {
  H: 'read in the law',
  M: 'from a secondary source',
  L: 'uncertain',
} as const

export const sourceOf = ({ basis, confidence, source }: StudyRetention['governing'][number]): string =>
  `${source} (${basis}; ${CONFIDENCE[confidence]})`
