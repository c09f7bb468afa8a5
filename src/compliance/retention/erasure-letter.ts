/**
 * The letter to the patient who asked for erasure: what was decided of each examination, by which rule, and what he may do
 * about it (GDPR Art. 12(4), 17, 18, 77, 79). Plain text, to be put on the custodian's paper. Pure.
 */
import type { ErasureFinding } from './erasure.ts'

export interface LetterStudy extends ErasureFinding {
  /** YYYY-MM-DD, '' when it has none. */
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly description: string
}

export interface Letter {
  /** The number the request is kept under. */
  readonly request: number
  readonly askedOn: string
  readonly answeredOn: string
  /** As shown with the examinations; '' when none is here. */
  readonly patient: string
  readonly reason: string
  readonly studies: readonly LetterStudy[]
}

const ARTICLES: Readonly<Record<string, string>> = {
  '17(3)(b)': 'Art. 17(3)(b): a law we are subject to wants it kept',
  '17(3)(c)':
    'Art. 17(3)(c): it is kept for the provision of health care, by persons bound to secrecy (Art. 9(2)(h), 9(3))',
  '17(3)(e)': 'Art. 17(3)(e): it is needed for the establishment, exercise or defence of legal claims',
}

/** Lines of the letter; an empty one parts paragraphs. */
export function letterLines({ request, askedOn, answeredOn, patient, reason, studies }: Letter): readonly string[] {
  const of = (outcome: LetterStudy['outcome']) => studies.filter((study) => study.outcome === outcome)
  const [refused, candidates, open] = [of('refused'), of('candidate'), of('open')]
  return [
    `Your request for erasure of ${askedOn} (Regulation (EU) 2016/679, Art. 17)`,
    `Our reference: erasure request ${request}. Answered on ${answeredOn}.`,
    ...(patient === '' ? [] : [`Concerning: ${patient}`]),
    '',
    ...(studies.length === 0 ? ['We hold no images of yours in this archive.', ''] : []),
    ...(refused.length === 0
      ? []
      : ['We may not erase the following examinations:', '', ...refused.flatMap(refusedLines)]),
    ...(candidates.length === 0
      ? []
      : [
          'The periods for which the following examinations have to be kept have ended. They are put forward for',
          'destruction. Three persons have to agree; you are told when they are destroyed, or why not:',
          '',
          ...candidates.flatMap((study) => [`  - ${examination(study)}`]),
          '',
        ]),
    ...(open.length === 0
      ? []
      : [
          'We cannot decide yet about the following examinations, and will write to you again about them:',
          '',
          ...open.flatMap((study) => [`  - ${examination(study)}`, `    ${study.why}.`]),
          '',
        ]),
    ...(reason === '' ? [] : [reason, '']),
    'You may ask that the use of your data be restricted while this is disputed (Art. 18), and that what is wrong be put',
    'right (Art. 16). You may lodge a complaint with a supervisory authority (Art. 77), and seek a judicial remedy',
    '(Art. 79).',
  ]
}

function refusedLines(study: LetterStudy): readonly string[] {
  const { until, articles, rules, why } = study
  return [
    `  - ${examination(study)}`,
    `    ${until === undefined ? `It has to be kept: ${why}.` : `It has to be kept through ${until}: ${why}.`}`,
    ...rules.map(({ title, source }) => `    ${title}: ${source}.`),
    ...articles.map((article) => `    ${ARTICLES[article] ?? article}.`),
    '',
  ]
}

const examination = ({ studyDate, modalities, description }: LetterStudy): string =>
  [studyDate === '' ? 'undated' : studyDate, modalities.join(' '), description].filter((part) => part !== '').join(', ')
